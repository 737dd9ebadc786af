const actions = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);
const tagging = (service: string) => actions(service, 'TagResource', 'UntagResource');

/** REST names its rights by methods. */
const apigateway = actions('apigateway', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE');

/**
 * What CloudFormation calls, with the rights of who deploys, to create, read, change and delete a resource of each type: the
 * permissions of its handlers in AWS's resource schemas, as far as the template sets such properties.
 */
export const RESOURCE_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': apigateway,
  'AWS::ApiGatewayV2::Authorizer': apigateway,
  'AWS::ApiGatewayV2::Integration': apigateway,
  'AWS::ApiGatewayV2::Route': apigateway,
  'AWS::ApiGatewayV2::Stage': apigateway,
  'AWS::CloudWatch::Alarm': [
    ...actions('cloudwatch', 'PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms', 'ListTagsForResource'),
    ...tagging('cloudwatch'),
  ],
  'AWS::DynamoDB::Table': [
    ...actions('dynamodb', 'CreateTable', 'DescribeTable', 'UpdateTable', 'DeleteTable', 'DescribeTimeToLive', 'UpdateTimeToLive'),
    ...actions('dynamodb', 'DescribeContinuousBackups', 'UpdateContinuousBackups', 'DescribeContributorInsights'),
    ...actions('dynamodb', 'ListTagsOfResource', 'DescribeKinesisStreamingDestination', 'GetResourcePolicy'),
    ...tagging('dynamodb'),
    ...actions('kms', 'DescribeKey', 'CreateGrant'),
  ],
  'AWS::Events::Rule': [
    ...actions(
      'events',
      'PutRule',
      'DescribeRule',
      'DeleteRule',
      'PutTargets',
      'ListTargetsByRule',
      'RemoveTargets',
      'ListTagsForResource',
    ),
    ...tagging('events'),
  ],
  'AWS::IAM::Policy': actions('iam', 'PutRolePolicy', 'GetRolePolicy', 'DeleteRolePolicy'),
  'AWS::IAM::Role': [
    ...actions('iam', 'CreateRole', 'GetRole', 'UpdateRole', 'DeleteRole', 'UpdateAssumeRolePolicy', 'PutRolePolicy', 'GetRolePolicy'),
    ...actions('iam', 'DeleteRolePolicy', 'ListRolePolicies', 'ListAttachedRolePolicies', 'TagRole', 'UntagRole'),
    ...actions('iam', 'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary'),
  ],
  'AWS::Lambda::EventInvokeConfig': actions(
    'lambda',
    ...['Put', 'Get', 'Update', 'Delete'].map((verb) => `${verb}FunctionEventInvokeConfig`),
  ),
  'AWS::Lambda::EventSourceMapping': [
    ...actions('lambda', ...['Create', 'Get', 'Update', 'Delete'].map((verb) => `${verb}EventSourceMapping`)),
    ...tagging('lambda'),
  ],
  'AWS::Lambda::Function': [
    ...actions('lambda', 'CreateFunction', 'GetFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionRecursionConfig', 'DeleteFunction'),
    ...actions('lambda', 'UpdateFunctionCode', 'UpdateFunctionConfiguration', 'PutFunctionConcurrency', 'DeleteFunctionConcurrency'),
    ...actions('lambda', 'PutFunctionRecursionConfig', 'ListTags'),
    ...tagging('lambda'),
    'iam:PassRole',
    's3:GetObject',
    ...actions('ec2', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs'),
  ],
  'AWS::Lambda::Permission': actions('lambda', 'AddPermission', 'GetPolicy', 'RemovePermission'),
  'AWS::Logs::LogGroup': [
    ...actions('logs', 'CreateLogGroup', 'DescribeLogGroups', 'DeleteLogGroup', 'PutRetentionPolicy', 'DeleteRetentionPolicy'),
    ...actions('logs', 'AssociateKmsKey', 'DisassociateKmsKey', 'ListTagsForResource', 'GetDataProtectionPolicy', 'DescribeIndexPolicies'),
    ...tagging('logs'),
  ],
  'AWS::S3::Bucket': [
    ...actions('s3', 'CreateBucket', 'DeleteBucket', 'PutEncryptionConfiguration', 'GetEncryptionConfiguration', 'PutBucketTagging'),
    ...actions('s3', 'PutBucketPublicAccessBlock'),
  ],
  'AWS::S3::BucketPolicy': actions('s3', 'PutBucketPolicy', 'GetBucketPolicy', 'DeleteBucketPolicy'),
  'AWS::Scheduler::ScheduleGroup': [
    ...actions('scheduler', 'CreateScheduleGroup', 'GetScheduleGroup', 'DeleteScheduleGroup', 'ListTagsForResource'),
    ...tagging('scheduler'),
  ],
  'AWS::SQS::Queue': actions(
    'sqs',
    ...['CreateQueue', 'GetQueueUrl', 'GetQueueAttributes', 'SetQueueAttributes', 'DeleteQueue', 'ListQueueTags', 'TagQueue', 'UntagQueue'],
  ),
};
