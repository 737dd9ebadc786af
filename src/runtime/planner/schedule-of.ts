/** The `schedule` of who hands it on; without one, nothing. */
export const scheduleOf = ({ schedule, timeZone }: { readonly schedule?: string; readonly timeZone: string }) =>
  schedule === undefined ? {} : { schedule: { expression: schedule, timeZone } };
