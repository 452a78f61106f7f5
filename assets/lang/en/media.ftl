media-find = Find a file
media-teach = No picture, clip or sound lies in the show’s folder yet: what is put there is listed here.
media-none = No file is called that.
media-more = and { $n } more: type some of the name
media-picture = Picture
media-drawing = Drawing
media-numbered = Numbered pictures
media-clip = Clip
media-sound = Sound
media-pictures = { $n ->
    [one] { $n } picture
   *[other] { $n } pictures
}
media-missing = it is not there
media-gone = This file is no longer there.
media-used = Used by { $what }
media-unused = Not used yet
media-source = source { $name }
media-stinger = stinger { $name }
media-title = title { $name }
media-slate = the holding slate
media-picture-say = Picture of { $name }
media-add-source = Source
media-add-title = Title
media-to-slate = Holding slate
media-choose = Choose a picture for { $name }
