media-find = Trouver un fichier
media-teach = Le dossier de l’émission n’a encore ni image, ni clip, ni son : ce qu’on y met est listé ici.
media-none = Aucun fichier ne s’appelle ainsi.
media-more = et { $n } de plus : tapez une partie du nom
media-picture = Image
media-drawing = Dessin
media-numbered = Images numérotées
media-clip = Clip
media-sound = Son
media-pictures = { $n ->
    [one] { $n } image
   *[other] { $n } images
}
media-missing = il est introuvable
media-gone = Ce fichier n’est plus là.
media-used = Utilisé par { $what }
media-unused = Pas encore utilisé
media-source = la source { $name }
media-stinger = le stinger { $name }
media-title = le titre { $name }
media-slate = le carton d’attente
media-picture-say = Image de { $name }
media-add-source = Source
media-add-title = Titre
media-to-slate = Carton d’attente
media-choose = Choisir une image pour { $name }
