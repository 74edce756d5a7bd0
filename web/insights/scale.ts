/** Where values stand between the foot of a chart and its top. */
export interface Scale {
  readonly top: number;
  /** Values worth a line, the foot among them. */
  readonly ticks: readonly number[];
}

/** Steps that people count in, for times in milliseconds. */
const timeSteps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 43_200_000, 86_400_000,
];
const mostTicks = 4;

/** A scale for times from 0 on, with few and round ticks. */
export function timeScale(most: number): Scale {
  const step = timeSteps.find(step => most / step <= mostTicks) ?? Math.ceil(most / mostTicks);
  return scaleOf(most, step);
}

/** A scale for counts from 0 on. */
export function countScale(most: number): Scale {
  const rough = Math.max(1, most / mostTicks);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(n => n * power).find(step => step >= rough) ?? rough;
  return scaleOf(most, step);
}

function scaleOf(most: number, step: number): Scale {
  const steps = Math.max(1, Math.ceil(most / step));
  return { top: steps * step, ticks: Array.from({ length: steps + 1 }, (_, n) => n * step) };
}
