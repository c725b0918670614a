/* SPDX-License-Identifier: Apache-2.0 */
#include "register_fields.h"

#include <stddef.h>

#define TEXTS(z) .name = (z), .type = CFN_TYPE_TEXTS
#define INT(z) .name = (z), .type = CFN_TYPE_INT
#define BOOL(z) .name = (z), .type = CFN_TYPE_BOOL
#define OWN(z) .name = (z), .type = CFN_TYPE_OWN
#define FIELDS(z, table) .name = (z), .type = CFN_TYPE_FIELDS, .fields = (table)
#define RENAMED(z, to) .name = (z), .type = CFN_TYPE_TEXT, .api = (to)
#define END .name = NULL

static const struct cfn_field texts_only[] = {{END}};

static const struct cfn_field port[] = {
    {INT("ContainerPort")}, {INT("HostPort")}, {END}};

static const struct cfn_field mount[] = {{BOOL("ReadOnly")}, {END}};

static const struct cfn_field ulimit[] = {
    {INT("HardLimit")}, {INT("SoftLimit")}, {END}};

static const struct cfn_field health[] = {{TEXTS("Command")}, {INT("Interval")},
    {INT("Retries")}, {INT("StartPeriod")}, {INT("Timeout")}, {END}};

static const struct cfn_field logging[] = {
    {OWN("Options")}, {FIELDS("SecretOptions", texts_only)}, {END}};

static const struct cfn_field firelens[] = {{OWN("Options")}, {END}};

static const struct cfn_field restart[] = {{BOOL("Enabled")},
    {INT("IgnoredExitCodes")}, {INT("RestartAttemptPeriod")}, {END}};

static const struct cfn_field capabilities[] = {
    {TEXTS("Add")}, {TEXTS("Drop")}, {END}};

static const struct cfn_field device[] = {{TEXTS("Permissions")}, {END}};

static const struct cfn_field tmpfs[] = {
    {TEXTS("MountOptions")}, {INT("Size")}, {END}};

static const struct cfn_field linux_parameters[] = {
    {FIELDS("Capabilities", capabilities)}, {FIELDS("Devices", device)},
    {BOOL("InitProcessEnabled")}, {INT("MaxSwap")}, {INT("SharedMemorySize")},
    {INT("Swappiness")}, {FIELDS("Tmpfs", tmpfs)}, {END}};

static const struct cfn_field container[] = {{TEXTS("Command")}, {INT("Cpu")},
    {TEXTS("CredentialSpecs")}, {FIELDS("DependsOn", texts_only)},
    {BOOL("DisableNetworking")}, {TEXTS("DnsSearchDomains")},
    {TEXTS("DnsServers")}, {OWN("DockerLabels")},
    {TEXTS("DockerSecurityOptions")}, {TEXTS("EntryPoint")},
    {FIELDS("Environment", texts_only)},
    {FIELDS("EnvironmentFiles", texts_only)}, {BOOL("Essential")},
    {FIELDS("ExtraHosts", texts_only)},
    {FIELDS("FirelensConfiguration", firelens)},
    {FIELDS("HealthCheck", health)}, {BOOL("Interactive")}, {TEXTS("Links")},
    {FIELDS("LinuxParameters", linux_parameters)},
    {FIELDS("LogConfiguration", logging)}, {INT("Memory")},
    {INT("MemoryReservation")}, {FIELDS("MountPoints", mount)},
    {FIELDS("PortMappings", port)}, {BOOL("Privileged")},
    {BOOL("PseudoTerminal")}, {BOOL("ReadonlyRootFilesystem")},
    {FIELDS("RepositoryCredentials", texts_only)},
    {FIELDS("ResourceRequirements", texts_only)},
    {FIELDS("RestartPolicy", restart)}, {FIELDS("Secrets", texts_only)},
    {INT("StartTimeout")}, {INT("StopTimeout")},
    {FIELDS("SystemControls", texts_only)}, {FIELDS("Ulimits", ulimit)},
    {FIELDS("VolumesFrom", mount)}, {END}};

static const struct cfn_field docker_volume[] = {
    {BOOL("Autoprovision")}, {OWN("DriverOpts")}, {OWN("Labels")}, {END}};

static const struct cfn_field efs_access[] = {{RENAMED("IAM", "iam")}, {END}};

static const struct cfn_field efs_volume[] = {
    {FIELDS("AuthorizationConfig", efs_access)},
    {RENAMED("FilesystemId", "fileSystemId")}, {INT("TransitEncryptionPort")},
    {END}};

static const struct cfn_field fsx_volume[] = {
    {FIELDS("AuthorizationConfig", texts_only)}, {END}};

static const struct cfn_field volume[] = {{BOOL("ConfiguredAtLaunch")},
    {FIELDS("DockerVolumeConfiguration", docker_volume)},
    {FIELDS("EFSVolumeConfiguration", efs_volume),
	.api = "efsVolumeConfiguration"},
    {FIELDS("FSxWindowsFileServerVolumeConfiguration", fsx_volume),
	.api = "fsxWindowsFileServerVolumeConfiguration"},
    {FIELDS("Host", texts_only)}, {END}};

static const struct cfn_field proxy[] = {
    {FIELDS("ProxyConfigurationProperties", texts_only), .api = "properties"},
    {END}};

static const struct cfn_field storage[] = {{INT("SizeInGiB")}, {END}};

const struct cfn_field cfn_task_fields[] = {
    {FIELDS("ContainerDefinitions", container)}, {BOOL("EnableFaultInjection")},
    {FIELDS("EphemeralStorage", storage)},
    {FIELDS("InferenceAccelerators", texts_only)},
    {FIELDS("PlacementConstraints", texts_only)},
    {FIELDS("ProxyConfiguration", proxy)}, {TEXTS("RequiresCompatibilities")},
    {FIELDS("RuntimePlatform", texts_only)}, {FIELDS("Tags", texts_only)},
    {FIELDS("Volumes", volume)}, {END}};
