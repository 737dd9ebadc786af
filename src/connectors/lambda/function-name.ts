/** What names a function in a connector file. */
export interface FunctionName {
  /** Its name, or its ARN without a version or alias. */
  readonly name: string;
  /** A version or an alias; absent: the code that was deployed last. */
  readonly qualifier?: string;
  /** Where the ARN says that it is. */
  readonly region?: string;
}

/** What an ARN is made of, where a name alone does not say it. */
export interface Surroundings {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const ARN = /^arn:[a-z-]+:lambda:([a-z0-9-]+):\d{12}:function:/;

/** A name, `orders`, or an ARN, each with or without a version or an alias behind it: `orders:prod`. */
export const FUNCTION_NAME = /^(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,64}(:(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

export function parseFunctionName(text: string): FunctionName {
  const [head = '', region] = ARN.exec(text) ?? [];
  const [name = '', qualifier] = text.slice(head.length).split(':');
  return { name: head + name, ...(qualifier !== undefined && { qualifier }), ...(region !== undefined && { region }) };
}

/** The ARN that a policy must name for this function: that of the version or alias alone, where there is one. */
export const arnOf = (text: string, { partition, region, account }: Surroundings): string =>
  text.startsWith('arn:') ? text : `arn:${partition}:lambda:${region}:${account}:function:${text}`;
