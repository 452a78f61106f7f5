clips-play = Play { $name }, on { $bus }
clips-pause = Pause { $name }, on { $bus }
clips-cue = Cue { $name }, on { $bus }: back to its start, to wait there
clips-restart = Restart { $name }, on { $bus }
clips-more = More for { $name }, on { $bus }
clips-again = On air, press again: { $what }
clips-again-on-air = This clip is on air: again to do it
clips-none-on-preview = There is no clip on PVW
clips-position = Position of { $name }, on { $bus }
clips-left-of = { $left } left of { $name }
clips-is-paused = paused
clips-is-waiting = plays on take
clips-is-cued = cued
clips-is-ended = ended

clips-at-end = At its end
clips-at-end-hold = Its last picture stays
clips-at-end-black = Black
clips-at-end-loop = Plays again (loop)
clips-at-end-rewind = Back to its start
clips-plays = Plays
clips-plays-always = Always, on air or not
clips-plays-on-take = When it is taken
clips-in = In point
clips-in-here = In point where the clip stands
clips-in-clear = No in point: from its start
clips-out = Out point
clips-out-here = Out point where the clip stands
clips-out-clear = No out point: to its end
clips-to-its-end = to its end
clips-file = File
clips-choose-file = Choose another file…

clips-tab-scenes = Scenes
clips-tab-stingers = Stingers
clips-tab-media = Media
clips-tab-slate = Slate

clips-new-stinger = New stinger
clips-teach-stingers = A stinger is a clip with transparency that is played over both scenes, with the cut beneath it.
clips-choose-stinger = Choose a clip with transparency…
clips-stinger-path = Path of a stinger
clips-add-stinger = Add this stinger
clips-use-stinger = AUTO makes this stinger
clips-cut-frame = Cut at frame
clips-of-frames = of { $n }, counted from 0
clips-level = Level
clips-step-stinger = stinger settings
clips-scene-stinger = Stinger to this scene
clips-no-stingers = The show has no stinger yet: add one under Stingers, where the show is built.
clips-stinger-say = Stinger { $name }, { $state }
clips-stinger-unread = is read when a transition uses it
clips-stinger-reading = being read; a mix is made meanwhile
clips-stinger-ready = ready, { $n ->
    [one] { $n } frame
   *[other] { $n } frames
}
clips-stinger-broken = broken: { $why }

clips-slate = SLATE
clips-slate-armed = AGAIN
clips-slate-say = Put the holding slate over the program
clips-slate-say-on = The holding slate is over the program: take it away
clips-slate-again = Again to put the holding slate over the program
clips-slate-again-off = Again to take the holding slate away
clips-slate-is-on = The holding slate is over the program
clips-slate-live = It is over the program: changes are seen at once.
clips-holding-slate = Holding slate
clips-teach-slate = Goes over everything while the show has to wait; beneath it everything goes on.
clips-slate-text = Text
clips-slate-picture = Picture
clips-slate-no-picture = No picture: the text alone
clips-choose-picture = Choose a picture…
clips-slate-source = Heard with it
clips-slate-silence = Silence
clips-step-slate = holding slate

clips-autosave = Unsaved edits from last time
clips-autosave-take = Take them over
clips-autosave-let-go = Let them go
clips-autosave-again = Again to let them go
