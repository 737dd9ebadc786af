/** The section `custom.connect.api` of serverless.yml. */
export interface ApiSettings {
  readonly access: 'none' | 'iam' | 'jwt';
  readonly issuer: string;
  /** Separated by commas. */
  readonly audience: string;
}

/** The part of a service that has the API: the function, what it needs besides, and who may call it. */
export interface ServiceWithApi {
  readonly functions: Record<string, { readonly name?: string; events?: unknown[] } | undefined>;
  readonly resources: Readonly<Record<'Parameters' | 'Conditions' | 'Resources' | 'extensions', Record<string, unknown> | undefined>>;
  readonly provider: { httpApi?: object };
}

const PARTS = {
  Parameters: ['ApiReservedConcurrency'],
  Conditions: ['HasApiReservedConcurrency'],
  Resources: ['ApiRole'],
  extensions: ['ApiLogGroup', 'ApiLambdaFunction'],
} as const;

/** Each method is a route of its own, so that a policy of IAM can allow some of them. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Gives the API's function its routes, each with the authorizer; or leaves function, role and all else of it out. */
export function addHttpApi(service: ServiceWithApi, { access, issuer, audience }: ApiSettings = NO_API): void {
  const { api } = service.functions;
  if (api === undefined) return;
  if (access === 'none') {
    delete service.functions.api;
    for (const [section, names] of Object.entries(PARTS)) {
      for (const name of names) delete service.resources[section as keyof typeof PARTS]?.[name];
    }
    return;
  }
  const authorizer = access === 'iam' ? { type: 'aws_iam' } : { name: 'tokens' };
  api.events = [
    { httpApi: { method: 'GET', path: '/', authorizer } },
    ...METHODS.map((method) => ({ httpApi: { method, path: '/{proxy+}', authorizer } })),
  ];
  service.provider.httpApi = { ...service.provider.httpApi, name: api.name };
  if (access === 'iam') return;
  const tokens = {
    type: 'jwt',
    identitySource: '$request.header.Authorization',
    issuerUrl: issuer,
    audience: audience.split(',').map((one) => one.trim()),
  };
  service.provider.httpApi = { ...service.provider.httpApi, authorizers: { tokens } };
}

const NO_API: ApiSettings = { access: 'none', issuer: '', audience: '' };
