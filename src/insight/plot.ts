import { inFigures } from './numbers.js';

/** Numbers to be drawn: a value of each series for each label; null is not known and not drawn. */
export interface Plot {
  kind: 'bars' | 'line';
  /** What stands along the bottom. */
  across: string;
  labels: string[];
  series: { name: string; values: (number | null)[] }[];
}

/** For telephones; for everything else and paper. */
export type Form = 'narrow' | 'wide';

export const SIZES = { narrow: { width: 340, height: 280 }, wide: { width: 720, height: 320 } } as const;

const INK = '#212b32';
const LINES = '#768692';
/** Each has 3:1 on white; white patterns tell them apart without colour. */
const LOOKS = [
  { color: '#005eb8' },
  { color: '#003087', decal: { color: '#fff', dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -Math.PI / 4 } },
  {
    color: '#007f3b',
    decal: { color: '#fff', dashArrayX: [1, 0], dashArrayY: [2, 4] },
  },
];

/** The plot as an SVG document. The library is large: it is loaded for the first one. */
export async function drawn(plot: Plot, form: Form): Promise<string> {
  const { init } = await import('./charts.js');
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZES[form] });
  chart.setOption(optionOf(plot, form));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function optionOf(plot: Plot, form: Form): Record<string, unknown> {
  const several = plot.series.length > 1;
  const axisLabel = { color: INK, fontSize: 14, hideOverlap: true };
  return {
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'Arial, sans-serif', color: INK },
    legend: { show: several, top: 0, left: 0, itemWidth: 28, itemGap: 14, textStyle: { color: INK, fontSize: 14 } },
    // Letters may be wider than the library thinks: it knows no fonts here.
    grid: {
      left: 16,
      right: 12,
      top: several ? 44 : 24,
      bottom: 30,
      outerBounds: { left: 12, right: 4, top: 0, bottom: 0 },
    },
    xAxis: {
      type: 'category',
      data: plot.labels,
      axisLabel,
      axisLine: { lineStyle: { color: LINES } },
      axisTick: { show: false },
      name: plot.across,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: { color: INK, fontSize: 14 },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 4,
      axisLabel: { ...axisLabel, formatter: inFigures },
      splitLine: { lineStyle: { color: '#d8dde0' } },
    },
    series: plot.series.map(({ name, values }, index) => ({
      name,
      data: values,
      silent: true,
      ...(plot.kind === 'bars' ? barsOf(index, several, plot.labels.length, form) : LINE),
    })),
  };
}

const LINE = { type: 'line', symbol: 'circle', symbolSize: 9, lineStyle: { width: 3 }, itemStyle: LOOKS[0] };

/** A few bars alone say their numbers too. */
function barsOf(index: number, several: boolean, count: number, form: Form): object {
  const show = !several && count <= (form === 'wide' ? 10 : 5);
  return {
    type: 'bar',
    barMaxWidth: 48,
    itemStyle: { ...LOOKS[index], borderColor: '#fff', borderWidth: several ? 1 : 0 },
    label: {
      show,
      position: 'top',
      color: INK,
      fontSize: 14,
      formatter: ({ value }: { value: number }) => inFigures(value),
    },
    ...(several ? { stack: 'all' } : {}),
  };
}
