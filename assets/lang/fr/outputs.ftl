outputs-none = Pas encore de destination : ajoutez-en une ci-dessous
outputs-every = toutes les destinations
outputs-everywhere = partout
outputs-start = Lancer
outputs-stop = Arrêter
outputs-go-live = Antenne
outputs-stop-all = Tout arrêter
outputs-record = REC
outputs-again = encore
outputs-to-start = pour lancer
outputs-to-stop = pour arrêter
outputs-say-start = { $do } { $name }
outputs-say-stop = Arrêter { $name }
outputs-say-start-again = Encore une fois : { $do } { $name }
outputs-say-stop-again = Encore une fois pour arrêter { $name }
outputs-say-menu = Autres actions : { $name }

outputs-is-off = arrêté
outputs-is-failed = en échec
outputs-no-key = pas de clé
outputs-dropped = { $n } perdues
outputs-reconnections = { $n ->
    [one] { $n } reconnexion
   *[other] { $n } reconnexions
}
outputs-behind = { $ms } ms de retard
outputs-slow-network = le réseau est trop lent
outputs-nothing-dropped = 0 perdue
outputs-history = { $name }, deux dernières minutes : de { $least } à { $most }, jusqu'à { $behind } ms de retard

outputs-edit = Modifier…
outputs-duplicate = Dupliquer…
outputs-up = Monter
outputs-down = Descendre
outputs-remove = Supprimer
outputs-stop-first = À l'antenne : arrêtez-la pour la modifier.
outputs-add = Ajouter…
outputs-say-add = Ajouter une destination

outputs-try-all = Essayer…
outputs-say-try-all = Essayer toutes les destinations
outputs-try-connection = Essayer la connexion, sans rien montrer
outputs-try-with-key = Essayer avec la clé, et mesurer
outputs-try-stop = Arrêter l'essai
outputs-try-warning = Avec la clé, 8 secondes de noir sont envoyées. Certaines plateformes les montrent en direct.
outputs-uplink-busy = Le programme est à l'antenne : mesurer prendrait sur son débit montant.
outputs-try-private = à part du programme
outputs-try-resolving = recherche
outputs-try-connecting = appel
outputs-try-greeting = prise de contact
outputs-try-waiting = connecté
outputs-try-measuring = mesure
outputs-try-passed = bon
outputs-try-slow = trop lent
outputs-try-failed = pas joint
outputs-try-stopped = interrompu
outputs-try-rates = { $got } sur { $needed }
outputs-try-left = encore { $seconds } s
outputs-try-answer = répond en { $ms } ms
outputs-try-greeted = le serveur répond ; la clé ne lui a pas été montrée
outputs-uplink = Débit montant : { $got } sur { $needed }

outputs-master = Master
outputs-the-master = le master
outputs-rec-starting = démarrage
outputs-rec-recording = enregistrement
outputs-rec-warning = enregistrement, à surveiller
outputs-not-recorded = { $n } non enregistrées
outputs-left = reste { $time }
outputs-free = { $n } libres
outputs-no-file = pas encore de fichier
outputs-folder = Prochain fichier dans { $folder }
outputs-choose-folder = Choisir le dossier des enregistrements…
outputs-no-markers = Aucun repère dans ce fichier

outputs-undo-add = ajout de la destination { $name }
outputs-undo-edit = modification de la destination { $name }
outputs-undo-move = déplacement de la destination { $name }
outputs-undo-remove = suppression de la destination { $name }
outputs-undo-folder = dossier des enregistrements

outputs-form-add = Ajouter une destination
outputs-form-edit = Modifier une destination
outputs-form-platform = Plateforme
outputs-form-custom = Un autre serveur
outputs-form-label = Nom en régie
outputs-form-server = Serveur
outputs-form-key = Clé de diffusion
outputs-form-stream-name = Nom du flux
outputs-form-key-kept = enregistrée ; saisissez pour la remplacer
outputs-form-key-missing = absente de cette machine : saisissez-la
outputs-form-open = Le nom du flux n'est pas un secret (serveur de la maison)
outputs-form-name = Gardée sous le nom
outputs-form-name-hint = choisi automatiquement
outputs-form-save = Enregistrer
outputs-form-cancel = Annuler

outputs-help-youtube = YouTube Studio › Créer › Passer au direct › Stream : « Clé de flux ». Elle reste la même tant que vous ne la réinitialisez pas.
outputs-help-twitch = Tableau de bord des créateurs › Paramètres › Stream : « Clé de stream principale ».
outputs-help-facebook = Live Producer › Logiciel de streaming : « Clé de stream ». Choisissez une clé permanente pour la réutiliser.
outputs-help-vimeo = Page de l'évènement › Paramètres de diffusion › RTMP : « Clé de flux ».
outputs-help-linkedin = Chaque évènement a sa propre adresse : LinkedIn Live › l'évènement › Flux personnalisé (RTMP) donne l'adresse et la clé, au plus tôt une heure avant le début.
outputs-help-peertube = Publier › Passer en direct sur votre instance : « URL RTMP du direct » est le serveur, « Clé de diffusion du direct » la clé.
outputs-help-custom = L'adresse du serveur sans la clé, et la clé à part.
