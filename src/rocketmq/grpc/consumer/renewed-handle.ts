/** Where the message's checkpoint begins, then six parts, then the message's own offset. */
const FORM = /^(\d+)((?: \S+){6}) (\d+)( .*)?$/;

/**
 * Corrects the handle that RocketMQ gives for a message which got more time. The broker keeps a new checkpoint, which begins with that message.
 * A proxy in local mode names the old one, which began with the first message of its batch: answers by that handle are taken, and do nothing,
 * so that the message comes again. A handle of another form stays as it is.
 */
export const renewedHandle = (handle: string): string => handle.replace(FORM, '$3$2 $3$4');
