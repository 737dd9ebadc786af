import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { PairLab } from './pair-lab.ts';

/** A lab, and a database of MariaDB for one of its ends. `await using`. */
export class MysqlPair implements AsyncDisposable {
  readonly lab: PairLab;
  readonly admin: MysqlAdmin;
  readonly database = uniqueName('pair').replaceAll('-', '_');

  private constructor(lab: PairLab, address: string) {
    this.lab = lab;
    this.admin = new MysqlAdmin(address);
  }

  static async open(): Promise<MysqlPair> {
    const pair = new MysqlPair(await PairLab.open(), (await stackAddresses()).mariadb);
    await pair.admin.run(`CREATE DATABASE ${pair.database} CHARACTER SET utf8mb4; USE ${pair.database}`);
    return pair;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin.run(`DROP DATABASE ${this.database}`);
    await this.admin.close();
    await this.lab[Symbol.asyncDispose]();
  }
}
