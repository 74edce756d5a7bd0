import type { VNode } from 'preact';

/** Figures in rows. */
export function Table(props: {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (VNode | string | number)[])[];
}): VNode {
  return (
    <table class="table">
      <thead>
        <tr>
          {props.heads.map(head => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((cells, n) => (
          <tr key={n}>
            {cells.map((cell, m) => (
              <td key={m}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
