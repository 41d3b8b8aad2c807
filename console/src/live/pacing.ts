/**
 * Runs at once, then at most once in each `ms`: of many calls in between, one run follows at the end. A hundred calls of a gateway in a second are
 * one reading of the list.
 */
export function paced(run: () => void, ms: number): { readonly call: () => void; readonly stop: () => void } {
  let waiting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    timer = setTimeout(() => {
      timer = undefined;
      if (!waiting) return;
      waiting = false;
      run();
      rest();
    }, ms);
  };
  return {
    call() {
      if (timer !== undefined) {
        waiting = true;
        return;
      }
      run();
      rest();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = false;
    },
  };
}
