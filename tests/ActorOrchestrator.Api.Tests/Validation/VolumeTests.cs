using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>The sources of volumes, most of which are mounted by nodes elsewhere only.</summary>
public sealed class VolumeTests
{
    private const string Registry = "must be a host:port pair or multiple pairs separated by commas";

    private const string BadDevice =
        "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";

    [Theory]
    [InlineData("{'gcePersistentDisk':{'partition':256}}", "gcePersistentDisk.pdName: Required value\n"
        + "gcePersistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive")]
    [InlineData("{'awsElasticBlockStore':{'partition':-1}}", "awsElasticBlockStore.volumeID: Required value\n"
        + "awsElasticBlockStore.partition: Invalid value: -1: must be between 1 and 255, inclusive")]
    [InlineData("{'gitRepo':{'directory':'../a'}}", "gitRepo.repository: Required value\n"
        + "gitRepo.directory: Invalid value: \"../a\": must not contain '..'")]
    [InlineData("{'nfs':{}}", "nfs.server: Required value\nnfs.path: Required value\n"
        + "nfs.path: Invalid value: \"\": must be an absolute path")]
    [InlineData("{'iscsi':{'targetPortal':'p','iqn':'iqn.2015-02.example.com:test','lun':256,"
        + "'chapAuthSession':true}}", "iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive\n"
        + "iscsi.secretRef: Required value")]
    [InlineData("{'iscsi':{'targetPortal':'p','iqn':'xyz','initiatorName':'eui.short'}}",
        "iscsi.iqn: Invalid value: \"xyz\": must be valid format starting with iqn, eui, or naa\n"
        + "iscsi.initiatorname: Invalid value: \"eui.short\": must be valid format")]
    [InlineData("{'glusterfs':{}}", "glusterfs.endpoints: Required value\nglusterfs.path: Required value")]
    [InlineData("{'flocker':{}}", "flocker: Required value: one of datasetName and datasetUUID is required")]
    [InlineData("{'flocker':{'datasetName':'a/b','datasetUUID':'u'}}", "flocker: Invalid value: \"resource\": "
        + "datasetName and datasetUUID can not be specified simultaneously\n"
        + "flocker.datasetName: Invalid value: \"a/b\": must not contain '/'")]
    [InlineData("{'rbd':{}}", "rbd.monitors: Required value\nrbd.image: Required value")]
    [InlineData("{'cinder':{'secretRef':{}}}",
        "cinder.volumeID: Required value\ncinder.secretRef.name: Required value")]
    [InlineData("{'cephfs':{}}", "cephfs.monitors: Required value")]
    [InlineData("{'quobyte':{}}", "quobyte.registry: Required value: " + Registry + "\nquobyte.volume: Required value")]
    [InlineData("{'quobyte':{'registry':'a:1,b','volume':'v'}}",
        "quobyte.registry: Invalid value: \"a:1,b\": " + Registry)]
    [InlineData("{'fc':{}}", "fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both")]
    [InlineData("{'fc':{'targetWWNs':['a'],'wwids':['b']}}", "fc.targetWWNs: Invalid value: [\"a\"]: targetWWNs and "
        + "wwids can not be specified simultaneously\n"
        + "fc.lun: Required value: lun is required if targetWWNs is specified")]
    [InlineData("{'flexVolume':{'options':{'kubernetes.io/a':'b'}}}", "flexVolume.driver: Required value\n"
        + "flexVolume.options[kubernetes.io/a]: Invalid value: \"kubernetes.io/a\": kubernetes.io and k8s.io "
        + "namespaces are reserved")]
    [InlineData("{'azureFile':{}}", "azureFile.secretName: Required value\nazureFile.shareName: Required value")]
    [InlineData("{'azureDisk':{'kind':'Dedicated','cachingMode':'x','diskName':'d','diskURI':'u'}}",
        "azureDisk.cachingMode: Unsupported value: \"x\": supported values: \"None\", \"ReadOnly\", \"ReadWrite\"\n"
        + "azureDisk.diskURI: Unsupported value: \"u\": supported values: "
        + "\"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd\"")]
    [InlineData("{'vsphereVolume':{}}", "vsphereVolume.volumePath: Required value")]
    [InlineData("{'photonPersistentDisk':{}}", "photonPersistentDisk.pdID: Required value")]
    [InlineData("{'portworxVolume':{}}", "portworxVolume.volumeID: Required value")]
    [InlineData("{'scaleIO':{}}", "scaleIO.gateway: Required value\nscaleIO.system: Required value\n"
        + "scaleIO.volumeName: Required value")]
    [InlineData("{'storageos':{'secretRef':{}}}",
        "storageos.volumeName: Required value\nstorageos.secretRef.name: Required value")]
    [InlineData("{'csi':{'nodePublishSecretRef':{}}}", "csi.driver: Required value\n"
        + "csi.driver: Invalid value: \"\": SUBDOMAIN\ncsi.nodePublishSecretRef.name: Required value")]
    [InlineData("{'image':{'pullPolicy':'Maybe'}}", "image.reference: Required value\n"
        + "image.pullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    public void Sources_of_a_pods_volume_are_checked(string source, string expected) =>
        AssertErrors("spec.volumes[0].", expected, "Pod",
            $"{{'spec':{{'volumes':[{source.Insert(1, "'name':'v',")}]}}}}");

    [Fact]
    public void A_template_may_have_an_image_without_reference() => AssertErrors(
        "spec.template.spec.volumes[0].image.",
        "pullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
        "Deployment",
        "{'spec':{'template':{'spec':{'volumes':[{'name':'v','image':{'pullPolicy':'Maybe'}}]}}}}");

    [Theory]
    [InlineData("{'configMap':{'name':'m','items':[{}],'defaultMode':512}}",
        "configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive\n"
        + "configMap.items[0].key: Required value\nconfigMap.items[0].path: Required value")]
    [InlineData("{'projected':{'sources':[{'secret':{'name':'s','items':[{'key':'a','path':'p'}]}},"
        + "{'configMap':{'name':'m','items':[{'key':'a','path':'p'}]}}]}}",
        "projected: Invalid value: \"m\": conflicting duplicate paths")]
    [InlineData("{'projected':{'sources':[{'secret':{'name':'s'},'configMap':{'name':'m'}}]}}",
        "projected.sources[0]: Forbidden: may not specify more than 1 volume type per source")]
    [InlineData("{'projected':{'sources':[{'serviceAccountToken':{'path':'t','expirationSeconds':599}}]}}",
        "projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify a duration "
        + "less than 10 minutes")]
    [InlineData("{'projected':{'sources':[{'clusterTrustBundle':{'path':'t'}}]}}",
        "projected.sources[0].clusterTrustBundle: Required value: either name or signerName must be specified")]
    [InlineData("{'emptyDir':{},'nfs':{'server':'s','path':'/p'}}",
        "nfs: Forbidden: may not specify more than 1 volume type")]
    [InlineData("{'image':{'reference':'data:1','pullPolicy':'Always'},'emptyDir':{}}",
        "image: Forbidden: may not specify more than 1 volume type")]
    [InlineData("{'ephemeral':{}}", "ephemeral.volumeClaimTemplate: Required value")]
    [InlineData("{'ephemeral':{'volumeClaimTemplate':{'metadata':{'name':'n','labels':{'a':'b'}},'spec':{"
        + "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}}}",
        "ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set")]
    public void Local_sources_of_a_pods_volume_are_checked(string source, string expected) =>
        AssertErrors("spec.volumes[0].", expected, "Pod",
            $"{{'spec':{{'volumes':[{source.Insert(1, "'name':'v',")}]}}}}");

    [Theory]
    [InlineData("{'hostPath':{'path':'../a','type':'Moon'}}",
        "hostPath.path: Invalid value: \"../a\": must not contain '..'\nhostPath.type: Unsupported value: \"Moon\": "
        + "supported values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", "
        + "\"FileOrCreate\", \"Socket\"")]
    [InlineData("{'hostPath':null,'csi':{}}", "csi.driver: Required value\n"
        + "csi.driver: Invalid value: \"\": SUBDOMAIN\ncsi.volumeHandle: Required value")]
    [InlineData("{'hostPath':null,'nfs':{'server':'s','path':'p'}}",
        "nfs.path: Invalid value: \"p\": must be an absolute path")]
    [InlineData("{'hostPath':{'path':'/'},'persistentVolumeReclaimPolicy':'Recycle'}",
        "persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'")]
    [InlineData("{'persistentVolumeReclaimPolicy':'Keep'}", "persistentVolumeReclaimPolicy: Unsupported value: "
        + "\"Keep\": supported values: \"Delete\", \"Recycle\", \"Retain\"")]
    [InlineData("{'volumeMode':'Tape'}",
        "volumeMode: Unsupported value: \"Tape\": supported values: \"Block\", \"Filesystem\"")]
    [InlineData("{'storageClassName':'A'}", "storageClassName: Invalid value: \"A\": SUBDOMAIN")]
    public void Sources_of_a_persistent_volume_are_checked(string spec, string expected) =>
        AssertErrors("spec.", expected, "PersistentVolume", $"{{'spec':{spec}}}");

    [Theory]
    [InlineData("{'volumeDevices':[{'name':'v','devicePath':'/dev/x'}]}",
        "volumeDevices[0].name: Invalid value: \"v\": " + BadDevice)]
    [InlineData("{'volumeDevices':[{}]}", "volumeDevices[0].name: Required value\n"
        + "volumeDevices[0].name: Not found: \"\"\nvolumeDevices[0].devicePath: Required value")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/a'}],'volumeDevices':[{'name':'v','devicePath':'/a'}]}",
        "volumeMounts[0].name: Invalid value: \"v\": must not already exist in volumeDevices\n"
        + "volumeMounts[0].mountPath: Invalid value: \"/a\": must not already exist as a path in volumeDevices\n"
        + "volumeDevices[0].name: Invalid value: \"v\": " + BadDevice + "\n"
        + "volumeDevices[0].name: Invalid value: \"v\": must not already exist in volumeMounts\n"
        + "volumeDevices[0].devicePath: Invalid value: \"/a\": must not already exist as a path in volumeMounts")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/a','recursiveReadOnly':'Enabled'}]}",
        "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/a','mountPropagation':'Up'}]}",
        "volumeMounts.mountPropagation: Unsupported value: \"Up\": supported values: \"Bidirectional\", "
        + "\"HostToContainer\", \"None\"")]
    public void Devices_and_mounts_agree(string container, string expected) => Manifests.AssertErrors(
        Whole("spec.containers[0].", expected), Validator.Validate(Manifests.PodWithContainer(container)));

    private static void AssertErrors(string at, string expected, string kind, string patch) =>
        Manifests.AssertErrors(Whole(at, expected), Validator.Validate(Manifests.Of(kind, patch)));

    private static string Whole(string at, string expected) =>
        (at + expected.Replace("\n", "\n" + at)).Replace("SUBDOMAIN", NameRules.Subdomain("")[0]);
}
