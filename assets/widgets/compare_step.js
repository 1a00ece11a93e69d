// Two videos in step: one position, one play. The longer one is the clock, the other follows it and rests on its last
// frame when it is over. Seconds everywhere.
function inStep(videos, {fps, onMove}) {
  const APART = 1 / fps;        // so far the follower may be off before it is led back
  const FAR = 0.3;              // beyond it, it is set rather than led
  const NUDGE = 0.06;           // of its speed, while it is led back
  const LOADED = 0.25;          // before its end a video has nothing more to load
  const frame = 1 / fps;
  let position = 0;
  let isPlaying = false;
  let isDone = false;

  const lengthOf = (video) => (Number.isFinite(video.duration) ? video.duration : 0);
  const length = () => Math.max(...videos.map(lengthOf));
  const clock = () => (lengthOf(videos[1]) > lengthOf(videos[0]) ? videos[1] : videos[0]);
  // One that has ended begins anew when it is played.
  const isOver = (video) => video.ended || lengthOf(video) <= position + frame / 2;
  // Half a frame before the end: there is no picture at the very end, and some browsers draw none.
  const within = (video, at) => Math.max(0, Math.min(at, lengthOf(video) - frame / 2));

  function place(at) {
    position = Math.max(0, Math.min(at, length()));
    for (const video of videos) {
      video.playbackRate = 1;
      if (lengthOf(video)) video.currentTime = within(video, position);
    }
    onMove();
  }

  function follow() {
    const leader = clock();
    for (const video of videos) {
      if (video === leader || !lengthOf(video)) continue;
      if (isOver(video)) {
        video.pause();
        continue;
      }
      const ahead = video.currentTime - position;
      if (Math.abs(ahead) > FAR && !video.seeking) video.currentTime = within(video, position);
      video.playbackRate = Math.abs(ahead) > APART ? 1 - Math.sign(ahead) * NUDGE : 1;
      if (video.paused && !leader.paused) start(video);
    }
  }

  // While one has to load, the other waits for it.
  function wait() {
    const hasAll = (video) => video.ended || lengthOf(video) <= position + LOADED;
    const isReady = (video) => hasAll(video) || video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    const leader = clock();
    if (!videos.every(isReady)) videos.forEach((video) => video.pause());
    else if (leader.paused && !leader.ended) start(leader);
  }

  // A pause that comes before the first picture is no refusal; one that the browser makes is.
  function start(video) {
    video.play().catch(({name}) => { if (name !== 'AbortError' && video === clock()) stop(); });
  }

  function tick() {
    if (!isPlaying || isDone) return;
    position = clock().currentTime;
    if (clock().ended || position >= length() - frame / 4) return finish();
    wait();
    follow();
    onMove();
    requestAnimationFrame(tick);
  }

  function finish() {
    stop();
    position = length();
    onMove();
  }

  function stop() {
    isPlaying = false;
    videos.forEach((video) => video.pause());
    onMove();
  }

  return {
    length,
    get position() { return position; },
    get isPlaying() { return isPlaying; },
    seek: place,
    play() {
      if (isPlaying || !length()) return;
      place(position >= length() - frame / 2 ? 0 : position);
      isPlaying = true;
      videos.filter((video) => lengthOf(video) && !isOver(video)).forEach(start);
      onMove();
      requestAnimationFrame(tick);
    },
    pause() {
      if (!isPlaying) return;
      stop();
      place(position);
    },
    // The middle of a frame, where rounding cannot fall into the one beside it.
    step(frames) {
      stop();
      const last = Math.round(length() * fps) - 1;
      const next = Math.max(0, Math.min(Math.floor(position * fps + 1e-6) + frames, last));
      place((next + 0.5) / fps);
    },
    end() {
      isDone = true;
      stop();
    },
  };
}
