/** The sixteen colours a terminal has names for, with what xterm paints for each: where a free colour lands. */
const palette = [
  { name: 'black', rgb: [0, 0, 0] },
  { name: 'red', rgb: [205, 0, 0] },
  { name: 'green', rgb: [0, 205, 0] },
  { name: 'yellow', rgb: [205, 205, 0] },
  { name: 'blue', rgb: [0, 0, 238] },
  { name: 'magenta', rgb: [205, 0, 205] },
  { name: 'cyan', rgb: [0, 205, 205] },
  { name: 'white', rgb: [229, 229, 229] },
  { name: 'bright-black', rgb: [127, 127, 127] },
  { name: 'bright-red', rgb: [255, 0, 0] },
  { name: 'bright-green', rgb: [0, 255, 0] },
  { name: 'bright-yellow', rgb: [255, 255, 0] },
  { name: 'bright-blue', rgb: [92, 92, 255] },
  { name: 'bright-magenta', rgb: [255, 0, 255] },
  { name: 'bright-cyan', rgb: [0, 255, 255] },
  { name: 'bright-white', rgb: [255, 255, 255] },
] as const;

/** A name that `log.css` gives a value which can be read, in light and dark. */
export type Color = (typeof palette)[number]['name'];
type Rgb = readonly [red: number, green: number, blue: number];

/** The colour with one of the numbers 0 to 15. */
export function named(index: number): Color | null {
  return palette[index]?.name ?? null;
}

/** The named colour nearest to a free one: a job chooses the hue, the theme keeps it legible. */
export function nearest([red, green, blue]: Rgb): Color {
  const distance = ([r, g, b]: Rgb): number => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
  return palette.reduce((best, color) => (distance(color.rgb) < distance(best.rgb) ? color : best)).name;
}

/** A number of xterm's table of 256: the sixteen, a cube of 6 × 6 × 6, and 24 greys. */
export function indexed(index: number): Color {
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return nearest([grey, grey, grey]);
  }
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  return (
    named(index) ?? nearest([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)])
  );
}
