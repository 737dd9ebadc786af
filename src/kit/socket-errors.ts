import { byCode, type ErrorEntry, type ErrorTable } from './error-table.ts';

/** Remedies that differ from system to system. */
export interface SocketRemedies {
  /** How to reach the server. */
  readonly reach: string;
  /** How to trust its certificate. */
  readonly trust: string;
}

/** Errors of a socket and its encryption, by Node's code. */
export function socketErrors({ reach, trust }: SocketRemedies): ErrorTable {
  const refused = (means: string, remedy = trust): ErrorEntry => ({ code: 'TLS_FAILED', means: `shows a certificate ${means}`, remedy });
  const unreachable = (means: string): ErrorEntry => ({ code: 'UNREACHABLE', retriable: true, means, remedy: reach });
  return byCode({
    DEPTH_ZERO_SELF_SIGNED_CERT: refused('that is not trusted'),
    SELF_SIGNED_CERT_IN_CHAIN: refused('of an unknown authority'),
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: refused('of an unknown authority'),
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: refused('of an unknown authority'),
    UNABLE_TO_GET_ISSUER_CERT: refused('of an unknown authority'),
    CERT_UNTRUSTED: refused('of an authority that is not trusted'),
    INVALID_CA: refused('of what is no authority'),
    CERT_CHAIN_TOO_LONG: refused('behind too long a chain of authorities'),
    PATH_LENGTH_EXCEEDED: refused('behind too long a chain of authorities'),
    CERT_SIGNATURE_FAILURE: refused('that its authority did not sign'),
    CERT_HAS_EXPIRED: refused('that has expired', 'renew it at the server'),
    CERT_NOT_YET_VALID: refused('that is not valid yet', 'correct the clock of this machine or the server, or renew it at the server'),
    CERT_REVOKED: refused('that was revoked', 'renew it at the server'),
    CERT_REJECTED: refused('that is rejected', 'renew it at the server'),
    INVALID_PURPOSE: refused('for another purpose', 'let the server have one for servers'),
    HOSTNAME_MISMATCH: refused('for another name'),
    ERR_TLS_CERT_ALTNAME_INVALID: refused('for another name'),
    ENOTFOUND: unreachable('has a name that does not resolve'),
    ECONNREFUSED: unreachable('refuses connections'),
  });
}
