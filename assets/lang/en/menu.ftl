menu-file = File
menu-edit = Edit
menu-view = View
menu-help = Help

menu-new = New show…
menu-open = Open…
menu-recent = Open recent
menu-save = Save
menu-save-as = Save as…
menu-revert = Revert to the file
menu-show-settings = Show settings…
menu-quit = Quit

menu-undo = Undo
menu-undo-it = Undo: { $what }
menu-redo = Redo
menu-redo-it = Redo: { $what }
menu-live-edit = Live edit: changes reach the air at once
menu-live-edit-on = LIVE EDIT

menu-director = Director
menu-sound = Sound
menu-one-person = One person
menu-build = Building the show
menu-panels = Panels
menu-panel-stage = PVW and PGM
menu-panel-monitors = Sources
menu-panel-outputs = Outputs
menu-panel-lights = Outputs as lights
menu-panel-mixer = Sound
menu-panel-program = PGM alone
menu-panel-level = Program level
menu-panel-build = Building the show
menu-strips = Sound under the sources
menu-arrange = Move and resize panels
menu-reset-panels = Panels as they came
menu-move-panel = Move { $name }
menu-hide-panel = Hide { $name }
menu-swap = PGM left, PVW right
menu-scale = Size
menu-full-screen = Full screen
menu-language = Language
menu-system-language = As the system

menu-keys = Keys
menu-choose-keys = Choose keys…
menu-safe-areas = Safe areas
menu-second-window = Second window, on the next display
menu-about = About regie
menu-about-text = regie { $version } – a live-production switcher. Free software, MIT or Apache 2.0.

menu-show-files = regie shows
menu-open-title = Open a show
menu-new-title = New show
menu-new-name = New show
menu-save-title = Save the show as

menu-show-unsaved = Show { $name }, with changes that are not saved
menu-leave-question = Open { $name } in place of this show?
menu-unsaved = There are changes that are not saved.
menu-save-and-open = Save and open
menu-open-unsaved = Open without saving
menu-save-and-end = Save and end the show
menu-end-unsaved = End the show without saving
menu-save-and-close = Save and close
menu-close-unsaved = Close without saving
menu-beside = { $name } is opened in a window of its own, for this show is on air.
menu-saved-beside = Saved as { $name }. The show on air goes on in its own file.
menu-already-open = { $name } is the show that is open.
menu-not-saved = Not saved: { $why }
menu-going = Opening { $name }…
menu-cannot-open = Cannot be opened: { $why }
menu-file-changed = Another program has changed the file of this show.
menu-keep-mine = Keep mine
menu-take-theirs = Take theirs
menu-notice-close = Close

