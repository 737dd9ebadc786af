/** An option of a connector as Kafka Connect describes one: `GET /connector-plugins/TYPE/config` lists them. */
export interface Definition {
  readonly name: string;
  readonly type: 'BOOLEAN' | 'INT' | 'LONG' | 'LIST' | 'PASSWORD' | 'STRING';
  readonly required: boolean;
  readonly default_value: string | null;
  readonly importance: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly documentation: string;
  readonly group: string;
  readonly width: 'MEDIUM';
  readonly display_name: string;
  readonly dependents: readonly string[];
  readonly order: number;
}
