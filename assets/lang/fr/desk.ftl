language = Français

desk-marker-number = Repère { $n }
desk-decimal-sign = ,
desk-show = Émission { $name }
desk-fps = { $n } i/s
desk-off-air = HORS ANTENNE
desk-no-engine = SANS MOTEUR
desk-air-connecting = CONNEXION
desk-nothing-arrives = RIEN N’ARRIVE
desk-on-air = ANTENNE { $time }
desk-rec-off = REC arrêté
desk-rec-starting = REC démarre
desk-rec-failed = REC en échec
desk-left = reste { $time }
desk-free = { $n } libres
desk-days = { $n } jours
desk-kb = { $n } ko
desk-mb = { $n } Mo
desk-gb = { $n } Go
desk-tb = { $n } To

desk-tick = calcul { $took } sur { $frame } ms
desk-cpu = CPU { $n } %
desk-cpu-own = dont { $n } % pour le moteur de cette émission
desk-events = Événements
desk-list-of-events = Liste des événements
desk-problems-said = Problèmes, le plus grave d’abord
desk-events-said = Événements, les plus récents d’abord
desk-all-is-well = tout va bien
desk-look-at = à surveiller : { $what }
desk-more = { $n } de plus
desk-nothing-yet = rien ne s’est encore passé
desk-frames = images { $n }
desk-frames-none-lost = images { $n }, aucune perdue
desk-repeated = { $n } répétées
desk-skipped = { $n } sautées
desk-late = { $n } tardives

desk-engine-lost = moteur perdu – il est en train d’être relancé
desk-show-stopped = l’émission s’est arrêtée – fermez ce pupitre et rouvrez l’émission
desk-see-log = ce qui s’est passé est dans { $log }
desk-master-fails = master : écriture impossible
desk-master-warns = master : surveillez le disque
desk-encoder-changed = encodeur : remplacé
desk-others-fine = { $n ->
    [one] l’autre va bien
   *[other] les autres vont bien
}
desk-source-otherwise = { $name } : donne une autre image
desk-source-short = { $name } : terminé trop tôt
desk-source-lost = { $name } : source perdue
desk-source-restarting = { $name } : source perdue, en cours de relance
desk-source-frozen = { $name } : image figée, la dernière reste
desk-receiver-deaf = récepteur : n’écoute pas
desk-too-slow = { $name } : trop lente, des images sont abandonnées, { $dropped } jusqu’ici
desk-why = { $name } : { $why }
desk-needs-a-hand = { $name } : à dépanner, { $try }
desk-destination-reconnecting = { $name } : reconnexion, { $try }
desk-try-in = essai { $n } dans { $seconds } s
desk-try-now = essai { $n } maintenant

desk-memory = mémoire { $n }
desk-disk = disque : reste { $n }
desk-uplink = débit { $sent } sur { $wanted } Mb/s
desk-nothing-sent = rien d’émis
desk-dropped-by = abandonnées : { $all }
desk-machine-slow = la machine est trop lente : { $n } images répétées ou sautées en 10 s
desk-advice-machine = Fermez d’autres programmes sur cette machine, ou baissez la taille ou la cadence de l’émission.
desk-advice-disk = Libérez de la place sur le disque, ou enregistrez dans un autre dossier.
desk-advice-encoder = Le programme continue ; surveillez la charge de la machine.
desk-advice-slow = Le débit montant ne suffit pas : arrêtez une destination ou baissez le débit.
desk-program-empty = PGM est au noir : aucun plan n’y passe
desk-auto-mixes = AUTO fera un fondu
desk-advice-transition = Choisissez une autre transition, ou remettez son fichier à sa place.
desk-generator = Le générateur d’alignement est en marche : { $bus }
desk-generator-program = Le générateur d’alignement est en marche dans le programme
desk-advice-generator = L’arrêter sous Son, Écoute.
desk-program-silent = PGM est muet
desk-program-loud = PGM est trop fort : son limiteur le retient
desk-sound-silent = { $name } : aucun son
desk-sound-clips = { $name } : trop fort, le son sature
desk-advice-program-silent = Regardez les faders, les mutes et l’AFV.
desk-advice-program-loud = Baissez les faders les plus forts.
desk-advice-silent = Vérifiez son micro, sa pile et son interrupteur.
desk-advice-clips = Baissez le niveau à la source ; le fader n’y peut rien.
desk-advice-take = Passez un plan, ou annulez.
desk-advice-mend = Arrêtez, puis corrigez par « … ».
desk-advice-wait = Nouvel essai automatique ; vérifiez le réseau si cela dure.
desk-advice-mode = Choisissez un mode qu’elle offre, dans les réglages de la source.
desk-advice-whole = Remplacez le fichier par sa version entière, ou réglez la fin du clip.
desk-advice-on-air = Changez de plan. { $mend }
desk-advice-camera = Vérifiez câble et alimentation ; elle revient seule.
desk-advice-file = Remettez le fichier à sa place ; les essais continuent.
desk-advice-network = Vérifiez émetteur et adresse ; les essais continuent.
desk-advice-sound-card = Vérifiez le câble et le système audio ; elle revient seule.
desk-advice-restart = Elle est relancée automatiquement.
desk-advice-receiver = Un autre programme occupe peut-être son adresse.

desk-refused = refusé : { $why }
desk-program-runs = { $name } : le programme tourne
desk-marked = repère : { $name }
desk-slate-on = carton d’attente affiché
desk-slate-off = carton d’attente retiré
desk-faded = fondu au noir
desk-back-from-black = retour du noir
desk-started = { $name } : démarrage
desk-stopped = { $name } : arrêt
desk-state-of = { $name } : { $state }
desk-mix-instead = { $name } ; un fondu enchaîné le remplace
desk-encoder = encodeur : { $name }
desk-engine-was-lost = moteur : perdu
desk-engine-renews = Le programme redémarre avec les nouveaux réglages

desk-is-off = arrêt
desk-is-connecting = connexion
desk-is-live = en direct
desk-source-live = reçue
desk-is-frozen = figée
desk-is-lost = perdue
desk-is-restarting = relance
desk-is-ended = terminée
desk-is-congested = engorgée
desk-is-reconnecting = reconnexion
desk-is-in-need = à dépanner
desk-is-failed = en échec
desk-is-starting = démarrage
desk-is-recording = enregistrement
desk-is-warning = enregistrement, à surveiller

desk-waiting = en attente du moteur
desk-close-question = Fermer ce pupitre ?
desk-leave-running = Laisser l’émission tourner
desk-end-show = Terminer l’émission
desk-again-to-end = Encore une fois pour terminer
desk-stay = Rester
desk-and = { $first } et { $last }
desk-are-on-air = { $names } { $n ->
    [one] est
   *[other] sont
} à l’antenne.
desk-are-not-reached = { $names } : { $n ->
    [one] diffusion lancée mais destination injoignable.
   *[other] diffusions lancées mais destinations injoignables.
}
desk-master-not-written = Le master ne peut pas être écrit.
desk-master-recorded = Le master est en cours d’enregistrement.

desk-key-esc = Échap

desk-no-source = L’émission n’a pas encore de source : ajoutez une caméra, un clip ou un flux réseau
desk-output-away = { $name } : le son ne sort pas
desk-output-breaks = { $name } : la carte son manque de son, { $n } coupures en 10 s
desk-advice-card = le programme continue · voyez la carte, son câble et les réglages du son
desk-advice-breaks = le programme continue · donnez à la carte des blocs plus longs, ou moins de travail à la machine

desk-nothing-dropped = rien d’abandonné
desk-every-destination = toutes les destinations
desk-the-master = le master

desk-sound-of = son de
desk-sound-on-air = { $name } : son à l’antenne
desk-sound-off-air = { $name } : son hors antenne
desk-live-edit = Édition à chaud

desk-mute = MUTE
desk-muted = COUPÉ
desk-mute-it = Couper le son : { $name }
desk-follow = suit
desk-on = oui
desk-off = non
desk-sound-follows = Le son suit l’image
desk-sound-on = Son toujours ouvert
desk-sound-off = Son toujours fermé
desk-fader = Fader { $name }
desk-level = Niveau du programme : crête { $peak } dBFS, RMS { $rms } dBFS, limiteur { $limiter } dB
desk-level-clipped = Niveau du programme : crête { $peak } dBFS, RMS { $rms } dBFS, limiteur { $limiter } dB, saturé
desk-clip = SAT
desk-limiter = lim { $db }
desk-short-term = S { $lufs }
desk-integrated = I { $lufs }
desk-loudness = Sonie (EBU R 128) : instantanée { $momentary }, court terme { $short }, intégrée { $integrated } LUFS, plage { $range } LU, crête vraie { $peak } dBTP
desk-loud-integrated = Intégrée
desk-loud-short = Court terme
desk-loud-momentary = Instantanée
desk-loud-range = Plage
desk-loud-peak = Crête vraie
desk-loudness-anew = Nouvelle mesure
desk-loudness-anew-say = Mesurer à nouveau la sonie du programme à partir de maintenant
desk-loudness-past = Sonie depuis le début
desk-loudness-all = Sonie, crête vraie, et sonie depuis le début
desk-correlation = Corrélation de phase { $value } : +1 gauche et droite en phase, −1 perdues en mono
desk-loudness-history = Sonie sur { $length } : court terme, la ligne ; instantanée, l’ombre ; cible { $target } LUFS

desk-receiver = Récepteur { $at }
desk-receiver-ill = Récepteur : { $why }
desk-receiver-gets = Le récepteur reçoit { $name } : { $figures }
desk-keyframes-each = image clé { $seconds } s
desk-received = terminé, { $n } images

desk-close-window = Fermer la fenêtre
