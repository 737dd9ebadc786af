import type { Problem } from '../../src/console/answers.ts';

/** What is wrong with a configuration, each with its place and its remedy. */
export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  const isWrong = problems.some(({ level }) => level === 'error');
  return (
    <ul class={isWrong ? 'trouble problems' : 'trouble warning problems'} aria-label={isWrong ? 'Problems' : 'Warnings'}>
      {problems.map(({ code, option, message, remedy, line }) => (
        <li key={`${option}${message}`}>
          {line !== undefined && <b>Line {line}: </b>}
          {option !== '' && <code>{option}: </code>}
          {message} <span class="quiet">{code}</span>
          {remedy !== undefined && remedy !== '' && <span class="remedy">What to do: {remedy}</span>}
        </li>
      ))}
    </ul>
  );
}
