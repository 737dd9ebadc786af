import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The one table, as CloudFormation (`infra/resources`) and the local stack create it. */
export const TABLE_DEFINITION = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
} as const satisfies Omit<CreateTableCommandInput, 'TableName'>;

/** This attribute says when a run item ends by itself, in seconds since 1970. */
export const EXPIRES_AT = 'expiresAt';
