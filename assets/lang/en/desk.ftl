language = English

desk-marker-number = Marker { $n }
desk-decimal-sign = .
desk-show = Show { $name }
desk-fps = { $n } fps
desk-off-air = OFF AIR
desk-no-engine = NO ENGINE
desk-air-connecting = CONNECTING
desk-nothing-arrives = NOTHING ARRIVES
desk-on-air = ON AIR { $time }
desk-rec-off = REC off
desk-rec-starting = REC starting
desk-rec-failed = REC failed
desk-left = { $time } left
desk-free = { $n } free
desk-days = { $n } days
desk-kb = { $n } kB
desk-mb = { $n } MB
desk-gb = { $n } GB
desk-tb = { $n } TB

desk-tick = tick { $took } of { $frame } ms
desk-cpu = CPU { $n } %
desk-cpu-own = { $n } % of it is this show’s engine
desk-events = Events
desk-list-of-events = List of events
desk-problems-said = Problems, the foremost first
desk-events-said = Events, the newest first
desk-all-is-well = all is well
desk-look-at = keep an eye on: { $what }
desk-more = { $n } more
desk-nothing-yet = nothing has happened yet
desk-frames = frames { $n }
desk-frames-none-lost = frames { $n }, none lost
desk-repeated = { $n } repeated
desk-skipped = { $n } skipped
desk-late = { $n } late

desk-engine-lost = engine lost – the keeper is starting it again
desk-show-stopped = the show has stopped – close this desk and open the show again
desk-see-log = what happened is in { $log }
desk-master-fails = master: cannot be written
desk-master-warns = master: look at the disk
desk-encoder-changed = encoder: changed
desk-others-fine = { $n ->
    [one] the other is fine
   *[other] the others are fine
}
desk-source-otherwise = { $name }: gives another picture
desk-source-short = { $name }: ended too early
desk-source-lost = { $name }: is lost
desk-source-restarting = { $name }: is lost and being started again
desk-source-frozen = { $name }: is frozen, the last picture stays
desk-receiver-deaf = receiver: does not listen
desk-too-slow = { $name }: is too slow and drops pictures, { $dropped } so far
desk-why = { $name }: { $why }
desk-needs-a-hand = { $name }: needs a hand, { $try }
desk-destination-reconnecting = { $name }: reconnecting, { $try }
desk-try-in = try { $n } in { $seconds } s
desk-try-now = try { $n } now

desk-memory = memory { $n }
desk-disk = disk { $n } left
desk-uplink = uplink { $sent } of { $wanted } Mb/s
desk-nothing-sent = nothing sent
desk-dropped-by = dropped: { $all }
desk-machine-slow = the machine is too slow: { $n } frames repeated or skipped in the last 10 s
desk-advice-machine = Close other programs on this machine, or lower the size or the rate of the show.
desk-advice-disk = Free space on the disk, or stop and record into another folder.
desk-advice-encoder = The program goes on; look at the machine’s load.
desk-advice-slow = The uplink is too slow: stop another destination or lower the bitrate.
desk-program-empty = PGM is black: no scene is on it
desk-auto-mixes = AUTO makes a mix
desk-advice-transition = Choose another transition, or put its file in its place.
desk-generator = The line-up tone is on: { $bus }
desk-generator-program = The line-up tone is on in the program
desk-advice-generator = Switch it off under Sound, Monitor.
desk-program-silent = PGM is silent
desk-program-loud = PGM is too loud: its limiter holds it down
desk-sound-silent = { $name }: is silent
desk-sound-clips = { $name }: is too loud, and cut off
desk-advice-program-silent = Look at faders, mutes and AFV.
desk-advice-program-loud = Turn the loudest faders down.
desk-advice-silent = Check its microphone, its battery and its switch.
desk-advice-clips = Turn it down where it comes from; its fader does not mend it.
desk-advice-take = Take a scene, or undo.
desk-advice-mend = Stop it, then mend it with its “…” button.
desk-advice-wait = It is tried again by itself; check the network if it lasts.
desk-advice-mode = Choose a mode that it offers, where the source is built.
desk-advice-whole = Put the whole file in its place, or set where the clip ends.
desk-advice-on-air = Cut away. { $mend }
desk-advice-camera = Check its cable and power; it comes back by itself.
desk-advice-file = Put the file back in its place; it is tried on.
desk-advice-network = Check its sender and address; it is tried on.
desk-advice-sound-card = Check its cable, and that its sound system runs; it comes back by itself.
desk-advice-restart = It is started again by itself.
desk-advice-receiver = Another program may use its address.

desk-refused = refused: { $why }
desk-program-runs = { $name }: the program runs
desk-marked = marker: { $name }
desk-slate-on = slate on
desk-slate-off = slate off
desk-faded = fade to black
desk-back-from-black = back from black
desk-started = { $name }: started
desk-stopped = { $name }: stopped
desk-state-of = { $name }: { $state }
desk-mix-instead = { $name }; a mix is made instead
desk-encoder = encoder: { $name }
desk-engine-was-lost = engine: lost
desk-engine-renews = The program starts again with the new settings

desk-is-off = off
desk-is-connecting = connecting
desk-is-live = live
desk-source-live = live
desk-is-frozen = frozen
desk-is-lost = lost
desk-is-restarting = restarting
desk-is-ended = ended
desk-is-congested = congested
desk-is-reconnecting = reconnecting
desk-is-in-need = needs a hand
desk-is-failed = failed
desk-is-starting = starting
desk-is-recording = recording
desk-is-warning = recording, look here

desk-waiting = waiting for the engine
desk-close-question = Close this desk?
desk-leave-running = Leave the show running
desk-end-show = End the show
desk-again-to-end = Again to end the show
desk-stay = Stay
desk-and = { $first } and { $last }
desk-are-on-air = { $names } { $n ->
    [one] is
   *[other] are
} on air.
desk-are-not-reached = { $names } { $n ->
    [one] is
   *[other] are
} switched on but not reached.
desk-master-not-written = The master cannot be written.
desk-master-recorded = The master is being recorded.

desk-key-esc = Esc

desk-no-source = The show has no source yet: add a camera, a clip or a network stream
desk-output-away = { $name }: its sound does not come out
desk-output-breaks = { $name }: the sound card runs dry, { $n } breaks in the last 10 s
desk-advice-card = the program goes on · look at the card, its cable and the sound settings
desk-advice-breaks = the program goes on · give the card larger blocks, or the machine less to do

desk-nothing-dropped = nothing dropped
desk-every-destination = every destination
desk-the-master = the master

desk-sound-of = sound of
desk-sound-on-air = { $name }: sound on air
desk-sound-off-air = { $name }: sound off air
desk-live-edit = Live edit

desk-mute = MUTE
desk-muted = MUTED
desk-mute-it = Mute { $name }
desk-follow = follow
desk-on = on
desk-off = off
desk-sound-follows = Sound follows picture
desk-sound-on = Sound always on
desk-sound-off = Sound always off
desk-fader = Fader { $name }
desk-level = Program level: peak { $peak } dBFS, RMS { $rms } dBFS, limiter { $limiter } dB
desk-level-clipped = Program level: peak { $peak } dBFS, RMS { $rms } dBFS, limiter { $limiter } dB, clipped
desk-clip = CLIP
desk-limiter = lim { $db }
desk-short-term = S { $lufs }
desk-integrated = I { $lufs }
desk-loudness = Loudness (EBU R 128): momentary { $momentary }, short-term { $short }, integrated { $integrated } LUFS, range { $range } LU, true peak { $peak } dBTP
desk-loud-integrated = Integrated
desk-loud-short = Short-term
desk-loud-momentary = Momentary
desk-loud-range = Range
desk-loud-peak = True peak
desk-loudness-anew = Measure anew
desk-loudness-anew-say = Measure the program's loudness anew from now on
desk-loudness-past = How loud the show has been
desk-loudness-all = Loudness, true peak, and how loud the show has been
desk-correlation = Phase correlation { $value }: +1 left and right in step, −1 lost in mono
desk-loudness-history = Loudness over { $length }: short-term as a line, momentary as its shadow; target { $target } LUFS

desk-receiver = Receiver { $at }
desk-receiver-ill = Receiver: { $why }
desk-receiver-gets = Receiver gets { $name }: { $figures }
desk-keyframes-each = key { $seconds } s
desk-received = ended, { $n } pictures

desk-close-window = Close window
