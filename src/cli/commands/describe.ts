import { ConnectError } from '../../api/index.ts';
import { describeOptions, type OptionDescription } from '../../config/describe.ts';
import { optionSchema } from '../../config/option-schema.ts';
import { connectorFileSpec } from '../../config/parse-connector-file.ts';
import { duration, size } from '../../config/quantities.ts';
import { didYouMean } from '../../kit/index.ts';
import { projectRegistry } from '../project/registry.ts';
import { renderTable } from '../render/table.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { styled } from '../terminal/output.ts';

export const run: CommandRun = async ([name], flags, output) => {
  const { connectorTypes } = await projectRegistry();
  const types = await Promise.all(Object.values(connectorTypes).map((load) => load()));
  if (name === undefined) {
    if (flags.json) output.json(types.map(({ type, direction, summary }) => ({ type, direction, summary })));
    else
      output.result(
        renderTable(
          ['type', 'summary'],
          types.map(({ type, summary }) => [type, summary]),
        ),
      );
    return EXIT.ok;
  }
  const type = types.find((candidate) => candidate.type === name);
  if (type === undefined) {
    const known = types.map((candidate) => candidate.type);
    const near = didYouMean(name, known);
    throw new ConnectError('CONFIG_INVALID', `there is no connector type ${name}`, {
      remedy: near === undefined ? `choose one of ${known.join(', ')}` : `did you mean ${near}?`,
    });
  }
  const options = describeOptions(optionSchema(connectorFileSpec(type)));
  if (flags.json) output.json({ type: type.type, direction: type.direction, summary: type.summary, options });
  else output.result([`${type.type}: ${type.summary}`, '', ...options.map(paragraph)].join('\n'));
  return EXIT.ok;
};

function paragraph(option: OptionDescription): string {
  const { name, takes, unit, required, secret, section, description, example } = option;
  if (section) return `${styled('bold', name)}\n    ${description}`;
  const facts = [
    // `takes` names the unit of durations and sizes.
    unit === undefined || unit === duration.unit || unit === size.unit ? takes : `${takes}, in ${unit}`,
    required ? 'required' : option.default === undefined ? 'optional' : `default ${JSON.stringify(option.default)}`,
    ...(secret ? ['secret: takes only a reference'] : []),
    ...(example === undefined ? [] : [`for example ${typeof example === 'string' ? example : JSON.stringify(example)}`]),
  ];
  return `${styled('bold', name)}\n    ${description}\n    ${facts.join('; ')}`;
}
