import type { ReactNode } from 'react'
import type { Product, Shape } from '../../shared/catalogue'

interface Drawing {
  /** The outline of the body, and of the glaze on it; the rest shows bare clay. */
  readonly body: string
  readonly glaze: string
  /** What stands out from the body: handles, spouts, lids. */
  readonly behind?: (glaze: string, clay: string) => ReactNode
  readonly front?: (glaze: string, clay: string) => ReactNode
  readonly rim: readonly [cx: number, cy: number, rx: number, ry: number]
}

const stroke = (d: string, colour: string, width: number) => (
  <path d={d} fill="none" stroke={colour} strokeWidth={width} strokeLinecap="round" />
)

const DRAWINGS: Record<Shape, Drawing> = {
  mug: {
    body: 'M55 62h78v66q0 26-26 26H81q-26 0-26-26z',
    glaze: 'M55 62h78v60q-10 9-20 3t-22 4-20-2-16 1z',
    behind: (glaze) => stroke('M131 82q30-4 30 22t-32 24', glaze, 11),
    rim: [94, 62, 39, 8],
  },
  cup: {
    body: 'M66 84h64q2 42-14 58-5 6-18 6t-18-6Q64 126 66 84z',
    glaze: 'M66 84h64q1 22-3 36-9 8-17 2t-18 5-23-4q-4-17-3-39z',
    behind: (glaze) => stroke('M128 96q20-2 18 14t-22 16', glaze, 8),
    rim: [98, 84, 32, 7],
  },
  bowl: {
    body: 'M34 84h132q-2 44-38 62v8H72v-8Q36 128 34 84z',
    glaze: 'M34 84h132q-1 22-11 37-14 8-26 1t-28 5-26-4-30-1Q35 106 34 84z',
    rim: [100, 84, 66, 13],
  },
  plate: {
    body: 'M22 104h156q-4 26-44 32H66q-40-6-44-32z',
    glaze: 'M22 104h156q-2 14-16 22-18 4-34-1t-36 3-36-2-20-4q-12-8-14-18z',
    front: () => <ellipse cx="100" cy="102" rx="46" ry="9" fill="#0001" />,
    rim: [100, 104, 78, 17],
  },
  vase: {
    body: 'M86 40h28q-3 26 10 42 18 20 18 42 0 32-42 32t-42-32q0-22 18-42 13-16 10-42z',
    glaze: 'M86 40h28q-3 26 10 42 10 11 14 23-16 10-30 3t-28 4-18-7q4-12 14-23 13-16 10-42z',
    behind: () => (
      <>
        {stroke('M100 44Q96 22 108 6', '#6b7f4a', 3)}
        <path d="M101 28q-16-2-18-14 14 0 18 14zM104 18q14 0 20-10-14-4-20 10z" fill="#7f9458" />
      </>
    ),
    rim: [100, 40, 14, 4],
  },
  teapot: {
    body: 'M50 96q0-32 48-32t48 32q0 54-48 54T50 96z',
    glaze: 'M50 96q0-32 48-32t48 32q0 15-5 26-14 9-28 2t-30 4-28-5q-5-12-5-27z',
    behind: (glaze) => (
      <>
        {stroke('M54 84Q22 76 26 102t32 26', glaze, 9)}
        <path d="M140 116q26-4 28-44l12-6q4 60-38 72z" fill={glaze} />
      </>
    ),
    front: (glaze, clay) => (
      <>
        <path d="M72 68q2-14 26-14t26 14q-26 10-52 0z" fill={glaze} />
        <path d="M72 68q26 10 52 0" fill="none" stroke="#0003" strokeWidth="2" />
        <circle cx="98" cy="49" r="7" fill={clay} />
      </>
    ),
    rim: [98, 66, 0, 0],
  },
  jar: {
    body: 'M60 70h80q8 8 8 22v44q0 18-18 18H70q-18 0-18-18V92q0-14 8-22z',
    glaze: 'M60 70h80q8 8 8 22v32q-14 8-30 1t-34 4-32-3V92q0-14 8-22z',
    front: (_glaze, clay) => (
      <>
        <rect x="58" y="52" width="84" height="20" rx="8" fill={clay} />
        <path d="M58 68h84" stroke="#0002" strokeWidth="3" />
        <circle cx="100" cy="46" r="8" fill={clay} />
      </>
    ),
    rim: [100, 70, 0, 0],
  },
  jug: {
    body: 'M70 44h52q-4 26 8 46 10 17 10 36 0 28-42 28t-42-28q0-19 10-36 10-20 4-46z',
    glaze: 'M70 44h52q-4 26 8 46 8 13 9 28-18 9-34 2t-30 5-18-5q1-16 9-30 10-20 4-46z',
    behind: (glaze) => (
      <>
        {stroke('M122 58q36-2 34 30t-24 36', glaze, 10)}
        <path d="M74 42 54 36q6 20 20 26z" fill={glaze} />
      </>
    ),
    rim: [96, 44, 26, 6],
  },
}

/** Specks of iron in the glaze: always the same ones, so that nothing flickers. */
const SPECKS = Array.from({ length: 26 }, (_, i) => ({
  cx: 40 + ((i * 47) % 122),
  cy: 58 + ((i * 71) % 80),
  r: 0.7 + (i % 3) * 0.45,
}))

/** A product's picture. It is decoration beside the product's name, so screen readers skip it. */
export function Pottery({ product }: { product: Pick<Product, 'id' | 'shape' | 'glaze' | 'clay'> }) {
  const { shape, glaze, clay, id } = product
  const drawing = DRAWINGS[shape]
  const [cx, cy, rx, ry] = drawing.rim
  const clip = `glaze-${id}`
  return (
    <svg className="pottery" viewBox="0 0 200 180" aria-hidden="true" focusable="false">
      <defs>
        <clipPath id={clip}>
          <path d={drawing.glaze} />
        </clipPath>
      </defs>
      <ellipse cx="100" cy="155" rx="62" ry="8" fill="#5a45301f" />
      {drawing.behind?.(glaze, clay)}
      <path d={drawing.body} fill={clay} />
      <path d={drawing.glaze} fill={glaze} />
      <g clipPath={`url(#${clip})`}>
        {SPECKS.map((speck) => (
          <circle key={`${speck.cx}-${speck.cy}`} {...speck} fill="#2b1d1240" />
        ))}
        <rect x="0" y="0" width="78" height="180" fill="#ffffff1c" />
        <rect x="128" y="0" width="72" height="180" fill="#0000001a" />
      </g>
      {rx > 0 && (
        <>
          <ellipse cx={cx} cy={cy} rx={rx} ry={ry} fill={glaze} />
          <ellipse cx={cx} cy={cy} rx={rx} ry={ry} fill="#ffffff2e" />
          <ellipse cx={cx} cy={cy + 1.5} rx={rx - 4} ry={Math.max(1.5, ry - 2.5)} fill="#0000003d" />
        </>
      )}
      {drawing.front?.(glaze, clay)}
    </svg>
  )
}
