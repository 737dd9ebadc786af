/**
 * Time limits for clients of AWS services other than DynamoDB: an address that doesn't answer is reported within 10 s,
 * a service that throttles is asked again for much longer.
 */
export const CLIENT_DEFAULTS = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
