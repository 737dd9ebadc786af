import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient();

/** A function with its state in DynamoDB loads at least this. */
export const handler = (id: string) =>
  client.send(
    new UpdateItemCommand({ TableName: process.env.CONNECT_TABLE ?? '', Key: { pk: { S: id } }, UpdateExpression: 'ADD n :one' }),
  );
