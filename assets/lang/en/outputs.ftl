outputs-none = No destination yet: add one below
outputs-every = every destination
outputs-everywhere = everywhere
outputs-start = Start
outputs-stop = Stop
outputs-go-live = Go live
outputs-stop-all = Stop all
outputs-record = Record
outputs-again = again
outputs-to-start = to start
outputs-to-stop = to stop
outputs-say-start = { $do } { $name }
outputs-say-stop = Stop { $name }
outputs-say-start-again = Again: { $do } { $name }
outputs-say-stop-again = Again to stop { $name }
outputs-say-menu = More for { $name }

outputs-is-off = off
outputs-is-failed = failed
outputs-no-key = no key
outputs-dropped = { $n } dropped
outputs-reconnections = { $n ->
    [one] { $n } reconnection
   *[other] { $n } reconnections
}
outputs-behind = { $ms } ms behind
outputs-slow-network = the network is too slow
outputs-nothing-dropped = 0 dropped
outputs-history = { $name }, the last two minutes: { $least } to { $most }, up to { $behind } ms behind

outputs-edit = Edit…
outputs-duplicate = Duplicate…
outputs-up = Move up
outputs-down = Move down
outputs-remove = Remove
outputs-stop-first = It is on air: stop it to change it.
outputs-add = Add…
outputs-say-add = Add a destination

outputs-try-all = Try…
outputs-say-try-all = Try every destination
outputs-try-connection = Try the connection, unseen
outputs-try-with-key = Try with the key, and measure
outputs-try-stop = Stop trying
outputs-try-warning = With the key, 8 seconds of black are sent. Some platforms show that as live.
outputs-uplink-busy = The program is on air: measuring would take from its uplink.
outputs-try-private = apart from the program
outputs-try-resolving = looking
outputs-try-connecting = calling
outputs-try-greeting = greeting
outputs-try-waiting = connected
outputs-try-measuring = measuring
outputs-try-passed = fine
outputs-try-slow = too slow
outputs-try-failed = not reached
outputs-try-stopped = stopped
outputs-try-rates = { $got } of { $needed }
outputs-try-left = { $seconds } s left
outputs-try-answer = answers in { $ms } ms
outputs-try-greeted = the server greets; its key was not shown
outputs-uplink = Uplink: { $got } of { $needed }

outputs-master = Master
outputs-the-master = the master
outputs-rec-starting = starting
outputs-rec-recording = recording
outputs-rec-warning = recording, look here
outputs-not-recorded = { $n } not recorded
outputs-left = { $time } left
outputs-free = { $n } free
outputs-no-file = no file yet
outputs-folder = Next file in { $folder }
outputs-choose-folder = Choose the folder of recordings…
outputs-no-markers = No markers in this file

outputs-undo-add = add destination { $name }
outputs-undo-edit = change destination { $name }
outputs-undo-move = move destination { $name }
outputs-undo-remove = remove destination { $name }
outputs-undo-folder = folder of recordings

outputs-form-add = Add a destination
outputs-form-edit = Change a destination
outputs-form-platform = Platform
outputs-form-custom = Another server
outputs-form-label = Name on the desk
outputs-form-server = Server
outputs-form-key = Stream key
outputs-form-stream-name = Stream name
outputs-form-key-kept = kept; type to replace it
outputs-form-key-missing = not on this machine: type it
outputs-form-open = The stream name is no secret (a server of the house)
outputs-form-name = Kept under the name
outputs-form-name-hint = chosen by itself
outputs-form-save = Save
outputs-form-cancel = Cancel

outputs-help-youtube = YouTube Studio › Create › Go live › Stream: “Stream key”. The key stays the same until you reset it.
outputs-help-twitch = Creator Dashboard › Settings › Stream: “Primary stream key”.
outputs-help-facebook = Live Producer › Streaming software: “Stream key”. Choose a persistent key to use it again.
outputs-help-vimeo = The event's page › Stream settings › RTMP: “Stream key”.
outputs-help-linkedin = Each event has its own address: LinkedIn Live › the event › Custom stream (RTMP) shows address and key, an hour before it begins at the earliest.
outputs-help-peertube = Publish › Go live on your instance: “Live RTMP URL” is the server, “Live stream key” the key.
outputs-help-custom = The server's address without the key, and the key apart from it.
