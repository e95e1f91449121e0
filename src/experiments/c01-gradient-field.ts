import { cos } from "../core/math.ts";
import { defineExperiment } from "./define.ts";
import { fieldFigure } from "./plots.ts";
import { valley, valleyGradient } from "./valley.ts";

export const c01 = defineExperiment({
  id: "C1",
  name: { en: "The gradient field of a long valley", ko: "긴 골짜기의 기울기장" },
  question: {
    en: "Where does the direction of steepest descent point, in f(x, y) = x²/20 + y²?",
    ko: "f(x, y) = x²/20 + y²에서 가장 가파른 내리막은 어디를 가리키는가?",
  },
  lesson: {
    en: "The arrows are long along y and short along x, and most of them do not point at the lowest place, (0, 0). Whoever follows them goes across the valley instead of along it.",
    ko: "화살표는 y 방향으로 길고 x 방향으로 짧으며, 대부분 가장 낮은 곳 (0, 0)을 가리키지 않는다. 그대로 따라가면 골짜기를 따라가지 않고 가로지르게 된다.",
  },
  needs: [],
  run() {
    const places: { x: number; y: number; dx: number; dy: number }[] = [];
    for (let x = -9; x <= 9; x += 1.5) {
      for (let y = -4; y <= 4; y += 1) {
        const [gx, gy] = valleyGradient(x, y);
        places.push({ x, y, dx: -gx, dy: -gy });
      }
    }
    const away = places.filter(({ x, y }) => x !== 0 && y !== 0);
    // The cosine of the angle between the arrow and the way to (0, 0).
    const cosines = away.map(({ x, y, dx, dy }) => -(x * dx + y * dy) / Math.sqrt((x * x + y * y) * (dx * dx + dy * dy)));
    const off = cosines.filter((cosine) => cosine < cos(Math.PI / 18)).length / cosines.length;
    const steep = away.filter(({ dx, dy }) => Math.abs(dy) > Math.abs(dx)).length / away.length;
    return {
      settings: [{ f: "x^2 / 20 + y^2" }],
      numbers: { shareMoreThan10DegreesOff: off, shareSteeperAlongY: steep },
      data: { places },
      claims: [
        {
          text: { en: "most arrows point more than 10° past (0, 0)", ko: "대부분의 화살표가 (0, 0)에서 10° 넘게 빗나간다" },
          holds: off > 0.8,
          measured: `${(100 * off).toFixed(0)} %`,
        },
        {
          text: { en: "arrows are longer along y than along x", ko: "화살표는 x보다 y 방향으로 길다" },
          holds: steep > 0.75,
          measured: `${(100 * steep).toFixed(0)} %`,
        },
      ],
      figure: (language) =>
        fieldFigure(language, {
          title: this.name,
          caption: {
            en: "Arrows against the gradient of f(x, y) = x²/20 + y², over its contour lines.",
            ko: "f(x, y) = x²/20 + y²의 기울기 반대 방향 화살표와 등고선.",
          },
          x: [-10, 10],
          y: [-5, 5],
          height: valley,
          arrows: places,
          walks: [],
        }),
    };
  },
});
