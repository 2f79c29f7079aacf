export interface Bar {
  name: string;
  /** From 0 to 1: how much of the line is filled. */
  share: number;
  /** The figure beside it, as it is shown. */
  shown: string;
}

/** Named shares as lines of a table. */
export function Bars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  return (
    <table class="bars" aria-label={label}>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.name}>
            <th scope="row" dir="auto">
              {bar.name}
            </th>
            <td>
              <span class="bar-fill" style={{ width: `${bar.share * 100}%` }} />
            </td>
            <td class="number">{bar.shown}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
