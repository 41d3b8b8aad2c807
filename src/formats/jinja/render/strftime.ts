const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** `datetime.strftime` in the C locale, for the time given in UTC. An unknown directive stays as it is. */
export function strftime(format: string, time: Date): string {
  return format.replace(/%([-_0^#]?)([a-zA-Z%])/g, (whole, flag: string, directive: string) => {
    const text = directiveText(directive, time);
    if (text === null) return whole;
    if (flag === "-") return text.replace(/^[0 ]+(?=.)/, "");
    return flag === "^" ? text.toUpperCase() : text;
  });
}

const two = (value: number) => String(value).padStart(2, "0");

function directiveText(directive: string, time: Date): string | null {
  const [day, month, hour] = [DAYS[time.getUTCDay()] ?? "", MONTHS[time.getUTCMonth()] ?? "", time.getUTCHours()];
  const numbers = `${two(time.getUTCMonth() + 1)}/${two(time.getUTCDate())}/${two(time.getUTCFullYear() % 100)}`;
  const clock = `${two(hour)}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  const table: Readonly<Record<string, string>> = {
    a: day.slice(0, 3),
    A: day,
    w: String(time.getUTCDay()),
    u: String(time.getUTCDay() || 7),
    d: two(time.getUTCDate()),
    e: String(time.getUTCDate()).padStart(2),
    b: month.slice(0, 3),
    h: month.slice(0, 3),
    B: month,
    m: two(time.getUTCMonth() + 1),
    y: two(time.getUTCFullYear() % 100),
    Y: String(time.getUTCFullYear()),
    H: two(hour),
    I: two(hour % 12 || 12),
    p: hour < 12 ? "AM" : "PM",
    M: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
    f: "000000",
    z: "",
    Z: "",
    j: String(dayOfYear(time)).padStart(3, "0"),
    s: String(Math.floor(time.getTime() / 1000)),
    F: `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`,
    D: numbers,
    x: numbers,
    T: clock,
    X: clock,
    R: clock.slice(0, 5),
    c: `${day.slice(0, 3)} ${month.slice(0, 3)} ${String(time.getUTCDate()).padStart(2)} ${clock} ${time.getUTCFullYear()}`,
    "%": "%",
  };
  return Object.hasOwn(table, directive) ? (table[directive] ?? null) : null;
}

function dayOfYear(time: Date): number {
  return (
    Math.floor((Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()) - Date.UTC(time.getUTCFullYear(), 0, 1)) / 86_400_000) + 1
  );
}
