/** The present, moved on twice a minute: for what is told relative to it. */
class Clock {
  now = $state.raw(new Date());

  start(): void {
    setInterval(() => {
      this.now = new Date();
    }, 30_000);
  }
}

export const clock = new Clock();
