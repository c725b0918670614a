# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Containers the way Fargate runs them, by podman and runc: the default seccomp
# profile, Fargate's capabilities (share/run-local/runc), the defender on a
# volume of another container. Everything lies below $C; nothing of the
# machine's own is touched.

fargate_caps=chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap
fargate_caps+=,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap

# containers_setup DIRECTORY: podman is ready, or the machine cannot do it, and
# $no_containers, for containers_needed, says why: there is no skipping in
# setup_file().
containers_setup() {
	C=$1
	export C no_containers=
	if [[ $(id -u) -ne 0 ]]; then
		no_containers="machine: not root"
		return 0
	fi
	export CONTAINERS_CONF=$C/containers.conf
	export CONTAINERS_STORAGE_CONF=$C/storage.conf
	export TMPDIR=$C/tmp # of podman import
	mkdir -p "$C/tmp"
	cat >"$CONTAINERS_CONF" <<-end
	[engine]
	cgroup_manager="cgroupfs"
	events_logger="none"
	runtime="runc"
	[engine.runtimes]
	runc=["$(realpath share/run-local/runc)"]
	end
	cat >"$CONTAINERS_STORAGE_CONF" <<-end
	[storage]
	driver="overlay"
	graphroot="$C/graph"
	runroot="$C/run"
	end
	mkdir -p "$C/busybox/bin" "$C/busybox/tmp"
	cp /bin/busybox "$C/busybox/bin/"
	chmod 1777 "$C/busybox/tmp"
	local name
	for name in sh sleep true cat ls id grep kill touch ps sed; do
		ln -s busybox "$C/busybox/bin/$name"
	done
	command -v podman >/dev/null && command -v runc >/dev/null # packages
	if ! image busybox ||
	    ! podman run --rm --network=host fg-test/busybox true; then
		no_containers="machine: no containers"
	fi
}

# For setup().
containers_needed() {
	[[ -z $no_containers ]] || skip "$no_containers"
}

# image NAME [OPTION...]: fg-test/NAME of the directory $C/NAME
image() {
	local name=$1
	shift
	tar -C "$C/$name" -c . | podman import -q "$@" - "fg-test/$name" \
		>/dev/null
}

# copy ROOT FILE...: programs, and the libraries that they need
copy() {
	local root=$1 file library
	shift
	for file; do
		mkdir -p "$root${file%/*}"
		cp -L "$file" "$root$file"
		for library in $(ldd "$file" 2>/dev/null |
			grep -o '/[^ ]*'); do
			[[ ! -e $root$library ]] || continue
			mkdir -p "$root${library%/*}"
			cp -L "$library" "$root$library"
		done
	done
}

containers_teardown() {
	[[ -n ${C:-} ]] || return 0
	podman rm -af -t 0 >/dev/null 2>&1 || true
	# Of the last container something may still be there.
	umount "$C/graph/overlay" 2>/dev/null ||
		umount --lazy "$C/graph/overlay" 2>/dev/null || true
}
