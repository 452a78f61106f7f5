clips-play = Lire { $name }, en { $bus }
clips-pause = Mettre { $name } en pause, en { $bus }
clips-cue = Caler { $name }, en { $bus } : retour au début, en attente
clips-restart = Relire { $name } du début, en { $bus }
clips-more = Autres actions : { $name }, en { $bus }
clips-again = À l’antenne, encore une fois : { $what }
clips-again-on-air = Ce clip est à l’antenne : encore une fois pour confirmer
clips-none-on-preview = Aucun clip en PVW
clips-position = Position de { $name }, en { $bus }
clips-left-of = { $left } restant pour { $name }
clips-is-paused = en pause
clips-is-waiting = attend l’antenne
clips-is-cued = calé
clips-is-ended = terminé

clips-at-end = À la fin
clips-at-end-hold = Dernière image figée
clips-at-end-black = Noir
clips-at-end-loop = Relecture en boucle
clips-at-end-rewind = Retour au début
clips-plays = Lecture
clips-plays-always = Toujours, à l’antenne ou non
clips-plays-on-take = Au passage à l’antenne
clips-in = Point d’entrée
clips-in-here = Point d’entrée à la position du clip
clips-in-clear = Sans point d’entrée : depuis le début
clips-out = Point de sortie
clips-out-here = Point de sortie à la position du clip
clips-out-clear = Sans point de sortie : jusqu’à la fin
clips-to-its-end = jusqu’à la fin
clips-file = Fichier
clips-choose-file = Choisir un autre fichier…

clips-tab-scenes = Scènes
clips-tab-stingers = Stingers
clips-tab-media = Médias
clips-tab-slate = Carton

clips-new-stinger = Nouveau stinger
clips-teach-stingers = Un stinger est un clip avec transparence, joué par-dessus les deux scènes ; la coupe se fait en dessous.
clips-choose-stinger = Choisir un clip avec transparence…
clips-stinger-path = Chemin d’un stinger
clips-add-stinger = Ajouter ce stinger
clips-use-stinger = AUTO joue ce stinger
clips-cut-frame = Coupe à l’image
clips-of-frames = sur { $n }, comptées à partir de 0
clips-level = Niveau
clips-step-stinger = réglages du stinger
clips-scene-stinger = Stinger vers cette scène
clips-no-stingers = L’émission n’a pas encore de stinger : ajoutez-en un sous Stingers, en préparation.
clips-stinger-say = Stinger { $name }, { $state }
clips-stinger-unread = sera lu dès qu’une transition l’emploie
clips-stinger-reading = lecture en cours ; un fondu en attendant
clips-stinger-ready = prêt, { $n ->
    [one] { $n } image
   *[other] { $n } images
}
clips-stinger-broken = en défaut : { $why }

clips-slate = CARTON
clips-slate-armed = ENCORE
clips-slate-say = Mettre le carton d’attente à l’antenne
clips-slate-say-on = Le carton d’attente couvre le programme : le retirer
clips-slate-again = Encore une fois pour mettre le carton d’attente à l’antenne
clips-slate-again-off = Encore une fois pour retirer le carton d’attente
clips-slate-is-on = Le carton d’attente couvre le programme
clips-slate-live = Il couvre le programme : tout changement se voit aussitôt.
clips-holding-slate = Carton d’attente
clips-teach-slate = Couvre tout pendant que l’émission doit attendre ; en dessous, tout continue.
clips-slate-text = Texte
clips-slate-picture = Image
clips-slate-no-picture = Sans image : le texte seul
clips-choose-picture = Choisir une image…
clips-slate-source = Son entendu
clips-slate-silence = Silence
clips-step-slate = carton d’attente

clips-autosave = Modifications à récupérer
clips-autosave-take = Les reprendre
clips-autosave-let-go = Les abandonner
clips-autosave-again = Encore pour abandonner
