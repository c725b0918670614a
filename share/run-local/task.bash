# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # of fg-run-local, which sources this
# fg-run-local: the life of one task. All that happens, happens in one place:
# those who wait for something (an end, a health check, a signal) write a line
# to $events, and task_run() is the only one who reads and acts.

work=$(mktemp -d "${TMPDIR:-/tmp}/fg-run-local.XXXXXX") || exit 125
run=fg-${work##*.} plan=$work/plan
task_code=0 ending='' deadline=0 endpoint='' listener=''
mkfifo "$work/events" "$work/never" || exit 125
exec {events}<>"$work/events" {never}<>"$work/never"
# What the plan says of each container, then what becomes of it.
names=() volumes=() ports=() stoppers=()
declare -A image=() after=() essential=() start_timeout=() stop_timeout=()
declare -A period=() ignored=() interval=() limit=() retries=() grace=()
declare -A state=() code=() health=() checker=() began=() id=() digest=()
declare -A started=()

# The signals of a terminal are for us, not for it.
podman=(setsid podman "--runtime=$share/runc" --cgroup-manager=cgroupfs
	--events-backend=none)

note() {
	[[ -z $verbose ]] || say "$1"
}

# $now: milliseconds
set_now() {
	local up
	read -r up _ </proc/uptime
	now=$((10#${up/./}0))
}

# pause SECONDS: without a process of its own
pause() {
	read -r -t "$1" <&"$never" || :
}

# ---- before the start ------------------------------------------------------

# object NAME: an associative array as JSON
object() {
	local -n from=$1
	local key words=()
	for key in "${!from[@]}"; do
		words+=("$key" "${from[$key]}")
	done
	((${#words[@]} > 0)) || { echo '{}'; return; }
	jq -nc '$ARGS.positional as $words | [range(0; $words | length; 2) |
		{($words[.]): $words[. + 1]}] | add // {}' \
		--args -- "${words[@]}"
}

# What podman is asked for, and what cannot be done: plan.jq.
task_plan() {
	local document=$work/document files lines key
	cat -- "$1" >"$document" 2>/dev/null ||
		fail "${1/#-/standard input}: cannot be read"
	for key in "${!commands[@]}"; do
		jq -es 'length == 1 and (.[0] | type == "array" and
			all(.[]; type == "string"))' <<<"${commands[$key]}" \
			>/dev/null 2>&1 ||
			fail "--command: $key: not a JSON list of strings"
	done
	files=$(ulimit -Hn)
	! (ulimit -n 1048576) 2>/dev/null || files=1048576
	jq -n --arg id "$run" --arg architecture "$(uname -m |
		sed 's/x86_64/X86_64/; s/aarch64/ARM64/')" \
		--arg nofile "$files" \
		--argjson images "$(object images)" \
		--argjson commands "$(object commands)" '$ARGS.named +
		{without: $ARGS.positional, nofile: ($nofile | tonumber? //
		1048576), commands: $commands | map_values(fromjson)}' \
		--args -- "${without[@]}" >"$work/run" || exit 125
	jq --slurpfile run "$work/run" '$run[0] as $run | '"$(
		cat "$share/plan.jq")" "$document" >"$plan" 2>"$work/said" ||
		fail "${1/#-/standard input}: $(sed 's/^jq: //
			s/ (at [^)]*)//; q' "$work/said")"
	[[ -s $plan ]] ||
		fail "${1/#-/standard input}: empty"
	mapfile -t lines < <(jq -r '.errors // [] | .[]' "$plan")
	((${#lines[@]} == 0)) || fail "${lines[@]/#/${1/#-/standard input}: }"
	plan_read
	ports_check
}

# The words are quoted, the names harmless.
plan_read() {
	eval "$(jq -r '(.volumes[] | "volumes+=(\(@sh))"),
		(.containers[] | .name as $name | "names+=(\($name))",
		(.ports[] | "ports+=(\(@sh))"),
		({image, essential, start_timeout, stop_timeout,
		period: .restart.period, ignored: (.restart.ignored // [] |
		map(tostring) | join(" ")), interval: .health.interval,
		limit: .health.timeout, retries: .health.retries,
		grace: .health.start_period, state: "waiting",
		after: (.after | map("\(.on):\(.condition)") | join(" "))} |
		to_entries[] | "\(.key)[\($name)]=" + (.value |
		if . == null then "" else tostring end | @sh)))' "$plan")"
}

# One port, one listener: the network is that of this machine.
ports_check() {
	local port
	for port in "${ports[@]}"; do
		[[ $port == */tcp ]] || continue
		! (: <"/dev/tcp/127.0.0.1/${port%/*}") 2>/dev/null ||
			fail "portMappings: somebody listens on $port already"
	done
}

# ---- the task metadata endpoint --------------------------------------------

endpoint_start() {
	local line
	echo '{"Containers":[]}' >"$work/metadata"
	exec {said}< <(exec setsid socat -d -d \
		TCP-LISTEN:0,bind=127.0.0.1,fork,max-children=32 \
		"EXEC:$share/metadata $work/metadata" 2>&1)
	listener=$!
	while IFS= read -r -t 10 line <&"$said"; do
		[[ $line != *'listening on '* ]] || break
	done
	endpoint=http://${line##* }
	[[ $endpoint == http://127.0.0.1:* ]] || fail "socat: $line"
}

metadata_write() {
	local name desired=RUNNING
	[[ -z $ending ]] || desired=STOPPED
	[[ -n $metadata ]] || return 0
	for name in "${names[@]}"; do
		[[ -n ${id[$name]-} ]] || continue
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" \
			"$(metadata_state "$name")" "${id[$name]}" \
			"${digest[$name]}" "${code[$name]-}" \
			"${started[$name]-}" "${health[$name]-}"
	done | jq -Rs --arg id "${run#fg-}" --arg run "$run" \
		--arg desired $desired --arg known $desired \
		--slurpfile plan "$plan" -f "$share/metadata.jq" \
		>"$work/metadata.new" &&
		mv "$work/metadata.new" "$work/metadata"
}

metadata_state() {
	case ${state[$1]} in
	running | stopping) echo RUNNING ;;
	stopped) echo STOPPED ;;
	*) echo CREATED ;;
	esac
}

# ---- images ----------------------------------------------------------------

# image_get CONTAINER: from podman's own store, or from where it says, in the
# ways that image references are shortened. An image in a directory gets a name
# after that from podman, so it is told a short one.
image_get() {
	local name=$1 from=${image[$1]} host options=() directory=.
	if ! "${podman[@]}" image exists "$from" 2>/dev/null; then
		if [[ ! $from =~ ^[a-z-]+:[^0-9] || $from =~ ^[^/:]+(:[^/]*)?$ ]]; then
			host=${from%%/*}
			[[ $from == */* && ($host == *[.:]* ||
			    $host == localhost) ]] ||
				host=docker.io from=docker.io/$from
			[[ $from != docker.io/* || $from == */*/* ]] ||
				from=docker.io/library/${from#*/}
			if [[ -v mirrors[$host] ]]; then
				from=${mirrors[$host]#*://}/${from#*/}
				[[ ${mirrors[$host]} != http://* ]] ||
					options=(--tls-verify=false)
			fi
		fi
		if [[ $from == oci:*/* ]]; then
			directory=${from#oci:}
			from=oci:${directory##*/} directory=${directory%/*}/
		fi
		(cd "$directory" && "${podman[@]}" pull --quiet \
			"${options[@]}" "$from") >"$work/pulled" 2>"$work/said" ||
			fail "$name: $from: $(tail -n 1 "$work/said")"
		from=$(tail -n 1 "$work/pulled")
	fi
	image[$name]=$from
	digest[$name]=$("${podman[@]}" image inspect --format '{{.Digest}}' \
		"$from")
}

# ---- a container -----------------------------------------------------------

# create CONTAINER: a process of its own, in whose environment the secrets are,
# so that no command line has them.
create() (
	local arguments secret key value file line
	mapfile -t -d '' arguments < <(jq -j --arg name "$1" '.containers[] |
		select(.name == $name).create[] + "\u0000"' "$plan")
	[[ -z $endpoint ]] || arguments=("--env=ECS_CONTAINER_METADATA_URI_V4=$(
		)$endpoint/v4/$1" "${arguments[@]}")
	while IFS= read -r file; do
		[[ -r $secrets/$file ]] || fail "$1: environmentFiles: $(
			)${secrets:-no --secrets}/$file: cannot be read"
		while IFS= read -r line || [[ -n $line ]]; do
			[[ $line == '#'* || $line != ?*=* ]] ||
				arguments=("--env=$line" "${arguments[@]}")
		done <"$secrets/$file"
	done < <(jq -r --arg name "$1" '.containers[] |
		select(.name == $name).environment_files[]' "$plan")
	while IFS=$'\t' read -r secret file key; do
		[[ -n $secrets && -r $secrets/$file ]] || fail "$1: secrets: $(
			)$secret: ${secrets:-no --secrets}/$file: cannot be read"
		value=$(<"$secrets/$file")
		[[ -z $key ]] || value=$(jq -er --arg key "$key" '.[$key]' \
			<<<"$value" 2>/dev/null) ||
			fail "$1: secrets: $secret: $file: no member \"$key\""
		case $secret in
		PATH | HOME | TMPDIR | LD_* | XDG_* | CONTAINERS_* | BASH*)
			fail "$1: secrets: $secret is podman's own here" ;;
		esac
		export "$secret=$value" || fail "$1: secrets: $secret"
	done < <(jq -r --arg name "$1" '.containers[] | select(.name == $name)
		.secrets[] | [.name, .file, .key] | @tsv' "$plan")
	mapfile -t -d '' -O "${#arguments[@]}" arguments < <(jq -j \
		--arg name "$1" --arg image "${image[$1]}" '.containers[] |
		select(.name == $name) | ($image, .command[]) + "\u0000"' \
		"$plan")
	"${podman[@]}" create "${arguments[@]}"
)

# begin CONTAINER: it is created, its first time, and started.
begin() {
	local name=$1
	if [[ -z ${id[$name]-} ]]; then
		id[$name]=$(create "$name" 2>"$work/said") || {
			id[$name]=''
			say "$name: $(sed 's/^fg-run-local: //' "$work/said" |
				tail -n 1)"
			state[$name]=stopped
			task_end 125 "$name cannot be created"
			return
		}
	fi
	state[$name]=starting
	metadata_write
	set_now
	began[$name]=$now
	attend "$name" "${started[$name]-}" &
}

# Helpers end by USR1 alone: a signal to the whole group is for us.
helper() {
	trap '' INT TERM HUP
	trap 'exit 0' USR1
}

inspect() {
	"${podman[@]}" container inspect --format \
		'{{.State.Status}} {{.State.StartedAt.UnixNano}}' "$run-$1"
}

# attend CONTAINER STARTED: its output is the log; its start, another one than
# STARTED (and one at all: not before 1970), and its end are events.
attend() {
	local is at from starting
	helper
	{
		helper
		at=$2
		while [[ $at == "$2" || $at == -* || $is == initialized ]]; do
			pause 0.1
			read -r is at < <(inspect "$1")
		done
		echo "$1 started $at" >&"$events"
	} &
	starting=$!
	"${podman[@]}" start --attach --sig-proxy=false "$run-$1" 2>&1 \
		</dev/null | log "$1"
	from=${PIPESTATUS[0]}
	kill -USR1 "$starting" 2>/dev/null
	wait "$starting"
	read -r is at < <(inspect "$1")
	if [[ $at != "$2" && $at != -* ]]; then
		echo "$1 started $at" >&"$events"
		from=$("${podman[@]}" wait "$run-$1")
	fi
	echo "$1 exited ${from:-125}" >&"$events"
}

log() {
	if [[ -n $log_dir ]]; then
		cat >>"$log_dir/$1.log"
	else
		sed -u "s/^/$1 | /"
	fi
}

# check CONTAINER: as Docker does it, for ECS; the first time after an interval
check() {
	local command failures=0 from now status pid=$work/check.$1
	helper
	mapfile -t -d '' command < <(jq -j --arg name "$1" '.containers[] |
		select(.name == $name).health.command[] + "\u0000"' "$plan")
	set_now
	from=$now
	while pause "${interval[$1]}"; do
		status=0
		timeout -k 1 "${limit[$1]}" "${podman[@]}" exec \
			--env "FG_RUN_LOCAL_PID=$pid" "$run-$1" "${command[@]}" \
			</dev/null >/dev/null 2>&1 || status=$?
		# It ran out of its time: what it left in the container goes.
		((status != 124 && status != 137)) ||
			{ kill -KILL "$(<"$(<"$pid")")"; } 2>/dev/null
		if ((status == 0)); then
			failures=0
			echo "$1 health HEALTHY" >&"$events"
			from=0
			continue
		fi
		set_now
		((from == 0 || now >= from + grace[$1] * 1000)) || continue
		failures=$((failures + 1))
		((failures < retries[$1])) ||
			echo "$1 health UNHEALTHY" >&"$events"
	done
}

# ---- what happens ----------------------------------------------------------

on_started() {
	local name=$1
	[[ ${started[$name]-} != "$2" ]] || return 0
	started[$name]=$2 state[$name]=running code[$name]=''
	note "$name: started"
	if [[ -n ${interval[$name]} ]]; then
		health[$name]=UNKNOWN
		check "$name" &
		checker[$name]=$!
	fi
	metadata_write
}

on_health() {
	local name=$1
	[[ ${state[$name]} == running && ${health[$name]} != "$2" ]] || return 0
	health[$name]=$2
	note "$name: $2"
	metadata_write
}

on_exited() {
	local name=$1
	code[$name]=$2
	if [[ -n ${checker[$name]-} ]]; then
		kill -USR1 "${checker[$name]}" 2>/dev/null
		checker[$name]='' health[$name]=UNKNOWN
	fi
	note "$name: exited with code $2"
	if may_restart "$name" "$2"; then
		note "$name: restarted"
		begin "$name"
		return
	fi
	state[$name]=stopped
	metadata_write
	[[ ${essential[$name]} == false ]] ||
		task_end "$2" "$name, which is essential, exited with code $2"
}

# It ran for the period, and its code is not ignored.
may_restart() {
	local ran
	[[ -n ${period[$1]} && -z $ending && -n ${started[$1]-} &&
	    " ${ignored[$1]} " != *" $2 "* ]] || return
	set_now
	ran=$((now - began[$1]))
	((ran >= period[$1] * 1000))
}

# ---- the order -------------------------------------------------------------

# met CONTAINER CONDITION: 0 it is, 1 not yet, 2 it never will be
met() {
	case $2:${state[$1]} in
	START:running | START:stopping | *:stopped) ;;
	HEALTHY:running) [[ ${health[$1]} == HEALTHY ]]; return ;;
	*) return 1 ;;
	esac
	case $2 in
	START) [[ -n ${started[$1]-} ]] || return 2 ;;
	COMPLETE) ;;
	SUCCESS) ((code[$1] == 0)) || return 2 ;;
	HEALTHY) return 2 ;;
	esac
}

# ready CONTAINER: all that it waits for has come.
ready() {
	local one on is
	for one in ${after[$1]}; do
		on=${one%:*} is=0
		met "$on" "${one#*:}" || is=$?
		((is != 0)) || continue
		set_now
		if ((is == 2)); then
			task_end 125 "$1 waits for $on to be ${one#*:}, which $(
				)has ended"
		elif [[ -n ${began[$on]-} ]] &&
		    ((now > began[$on] + start_timeout[$on] * 1000)); then
			task_end 125 "$1 waits for $on to be ${one#*:}, which $(
				)took more than ${start_timeout[$on]} s"
		fi
		return 1
	done
}

begin_ready() {
	local name
	for name in "${names[@]}"; do
		[[ ${state[$name]} != waiting || -n $ending ]] ||
			! ready "$name" || begin "$name"
	done
}

# task_end CODE WHY: the first one counts.
task_end() {
	local name
	[[ -z $ending ]] || return 0
	ending=yes task_code=$1
	if (($1 == 0)); then
		note "$2"
	else
		say "$2"
	fi
	for name in "${names[@]}"; do
		[[ ${state[$name]} != waiting ]] || state[$name]=stopped
	done
	metadata_write
}

# Those that nobody who runs waited for: the reverse of the start.
stop_ready() {
	local name other one
	for name in "${names[@]}"; do
		[[ ${state[$name]} == running ]] || continue
		for other in "${names[@]}"; do
			[[ ${state[$other]} != stopped ]] || continue
			for one in ${after[$other]}; do
				[[ ${one%:*} != "$name" ]] || continue 3
			done
		done
		state[$name]=stopping
		note "$name: is told to stop"
		(helper; "${podman[@]}" stop --time "${stop_timeout[$name]}" \
			"$run-$name" >/dev/null 2>&1) &
		stoppers+=($!)
	done
}

# Told to end a second time: at once.
kill_all() {
	local name
	for name in "${names[@]}"; do
		[[ ${state[$name]} != running && ${state[$name]} != stopping ]] ||
			"${podman[@]}" kill "$run-$name" >/dev/null 2>&1
	done
}

on_signal() {
	if [[ -n $ending ]]; then
		kill_all
	else
		task_end "$1" "stopped by a signal"
	fi
}

all_stopped() {
	local name
	for name in "${names[@]}"; do
		[[ ${state[$name]} == stopped ]] || return
	done
}

task_run() {
	local name what value
	trap 'echo "- signal 130" >&"$events"' INT
	trap 'echo "- signal 143" >&"$events"' TERM
	trap 'echo "- signal 129" >&"$events"' HUP
	[[ -z $metadata ]] || endpoint_start
	for name in "${names[@]}"; do
		image_get "$name"
	done
	for name in "${volumes[@]}"; do
		"${podman[@]}" volume create "$run-$name" >/dev/null || exit 125
	done
	set_now
	[[ -z $timeout ]] || deadline=$((now + timeout * 1000))
	until all_stopped; do
		begin_ready
		[[ -z $ending ]] || stop_ready
		read -r -t 1 name what value <&"$events" || what=nothing
		case $what in
		started) on_started "$name" "$value" ;;
		exited) on_exited "$name" "$value" ;;
		health) on_health "$name" "$value" ;;
		signal) on_signal "$value" ;;
		esac
		set_now
		((deadline == 0 || now < deadline)) ||
			task_end 124 "stopped after $timeout s"
	done
}

# Whatever happened: nothing stays.
task_remove() {
	local name
	trap '' INT TERM HUP
	for name in "${names[@]}"; do
		[[ -z ${checker[$name]-} ]] ||
			kill -USR1 "${checker[$name]}" 2>/dev/null
	done
	((${#stoppers[@]} == 0)) || wait "${stoppers[@]}"
	for name in "${names[@]}"; do
		[[ -z ${id[$name]-} ]] || echo "$run-$name"
	done | xargs -r "${podman[@]}" rm --force --time 0 --volumes --ignore \
		>/dev/null 2>&1
	for name in "${volumes[@]}"; do
		"${podman[@]}" volume rm --force "$run-$name" >/dev/null 2>&1
	done
	[[ -z $listener ]] || kill "$listener" 2>/dev/null
	exec {events}>&- {never}>&-
	wait
	rm -rf "$work"
}
