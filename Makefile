# regie: `make run` opens the desk with the demo show, `make test` runs every check.

SHOW ?= scenes/demo.ron

# What the engine needs, the plugins it plays and encodes with, and what the tests stand up.
APT_BUILD := pkg-config gcc libasound2-dev libjack-jackd2-dev \
	libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
# Titles look the same everywhere by the fonts that are asked for here.
APT_RUN := gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad \
	gstreamer1.0-plugins-ugly gstreamer1.0-libav libxkbcommon0 libxkbcommon-x11-0 libvulkan1 mesa-vulkan-drivers \
	fonts-inter fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
APT_TEST := libgstrtspserver-1.0-dev gstreamer1.0-tools nginx libnginx-mod-rtmp ffmpeg mkvtoolnix \
	jackd2 dbus xvfb xdotool openbox mesa-vulkan-drivers

.PHONY: deps deps-test run test bench

deps:
	@packaging/deps.sh $(APT_BUILD) $(APT_RUN)

deps-test:
	@packaging/deps.sh $(APT_BUILD) $(APT_RUN) $(APT_TEST)

run: deps
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ] && [ "$$(uname)" = Linux ]; then \
		echo "There is no display to open the desk on. Without one, run the show headless:"; \
		echo "  cargo run -- run $(SHOW) --headless --stream --record"; \
		exit 1; \
	fi
	cargo run -- $(SHOW)

# Everything on the engine runs without the window; then the window's own tests. What would be kept for
# another build takes more disk than all the rest.
test: export CARGO_INCREMENTAL = 0
test: deps-test
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --no-default-features -- -D warnings
	cargo test --no-default-features --no-fail-fast
	cargo test --lib ui::
	cargo test --no-fail-fast --test desk --test desk_keys --test desk_outputs --test desk_room --test menus --test no_window --test readme --test sound --test switch
	cargo test --test desk_live --test first_show

bench: deps-test
	cargo bench --profile dev --no-default-features
	cargo bench --profile dev --bench window
