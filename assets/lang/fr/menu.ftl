menu-file = Fichier
menu-edit = Édition
menu-view = Affichage
menu-help = Aide

menu-new = Nouvelle émission…
menu-open = Ouvrir…
menu-recent = Ouvrir récente
menu-save = Enregistrer
menu-save-as = Enregistrer sous…
menu-revert = Revenir au fichier
menu-show-settings = Réglages de l’émission…
menu-quit = Quitter

menu-undo = Annuler
menu-undo-it = Annuler : { $what }
menu-redo = Rétablir
menu-redo-it = Rétablir : { $what }
menu-live-edit = Édition à chaud : tout changement passe aussitôt à l’antenne
menu-live-edit-on = À CHAUD

menu-director = Réalisation
menu-sound = Son
menu-one-person = En solo
menu-build = Préparation
menu-panels = Panneaux
menu-panel-stage = PVW et PGM
menu-panel-monitors = Sources
menu-panel-outputs = Sorties
menu-panel-lights = Sorties en voyants
menu-panel-mixer = Son
menu-panel-program = PGM seul
menu-panel-level = Niveau du programme
menu-panel-build = Préparation
menu-strips = Son sous les sources
menu-arrange = Déplacer et redimensionner les panneaux
menu-reset-panels = Panneaux d’origine
menu-move-panel = Déplacer : { $name }
menu-hide-panel = Masquer : { $name }
menu-swap = PGM à gauche, PVW à droite
menu-scale = Taille
menu-full-screen = Plein écran
menu-language = Langue
menu-system-language = Celle du système

menu-keys = Touches
menu-choose-keys = Choisir les touches…
menu-safe-areas = Zones de sécurité
menu-second-window = Seconde fenêtre, sur l’écran suivant
menu-about = À propos de regie
menu-about-text = regie { $version } – un mélangeur de production en direct. Logiciel libre, MIT ou Apache 2.0.

menu-show-files = Émissions regie
menu-open-title = Ouvrir une émission
menu-new-title = Nouvelle émission
menu-new-name = Nouvelle émission
menu-save-title = Enregistrer l’émission sous

menu-show-unsaved = Émission { $name }, avec des modifications non enregistrées
menu-leave-question = Ouvrir { $name } à la place de cette émission ?
menu-unsaved = Des modifications ne sont pas enregistrées.
menu-save-and-open = Enregistrer et ouvrir
menu-open-unsaved = Ouvrir sans enregistrer
menu-save-and-end = Enregistrer et terminer l’émission
menu-end-unsaved = Terminer l’émission sans enregistrer
menu-save-and-close = Enregistrer et fermer
menu-close-unsaved = Fermer sans enregistrer
menu-beside = { $name } s’ouvre dans sa propre fenêtre, car cette émission est à l’antenne.
menu-saved-beside = Enregistrée sous { $name }. L’émission à l’antenne continue dans son propre fichier.
menu-already-open = { $name } est l’émission déjà ouverte.
menu-not-saved = Non enregistrée : { $why }
menu-going = Ouverture de { $name }…
menu-cannot-open = Ouverture impossible : { $why }
menu-file-changed = Un autre programme a modifié le fichier de cette émission.
menu-keep-mine = Garder la mienne
menu-take-theirs = Prendre l’autre
menu-notice-close = Fermer

