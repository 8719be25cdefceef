using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class WarningsTests
{
    private const string Hides = ": hides previous definition of \"A\", which may be dropped when using apply";

    [Theory]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'B'},{'name':'A','value':'1'}]}", "C.env[2]" + Hides)]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A):2'}]}", "")]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)'}]}", "C.env[1]" + Hides)]
    [InlineData("{'env':[{'name':'A'},{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]}",
        "C.env[1]" + Hides)]
    [InlineData("{'ports':[{'containerPort':80,'name':'a'},{'containerPort':80,'name':'b'}]}",
        "C.ports[1]: duplicate port definition with C.ports[0]")]
    [InlineData("{'ports':[{'containerPort':80},{'containerPort':80,'protocol':'UDP'}]}", "")]
    [InlineData("{'resources':{'requests':{'memory':'1.2Gi','cpu':'1m'}}}",
        "C.resources.requests[memory]: fractional byte value \"1288490188800m\" is invalid, must be an integer")]
    [InlineData("{'resources':{'limits':{'ephemeral-storage':'1500m'}}}",
        "C.resources.limits[ephemeral-storage]: fractional byte value \"1500m\" is invalid, must be an integer")]
    public void A_container_is_warned_about(string container, string expected) => Assert.Equal(
        expected.Replace("C.", "spec.containers[0]."),
        string.Join('\n', Warnings.Of(Manifests.PodWithContainer(container))));

    [Theory]
    [InlineData("{'nodeSelector':{'beta.kubernetes.io/os':'linux'}}", "spec.nodeSelector[beta.kubernetes.io/os]: "
        + "deprecated since v1.14; use \"kubernetes.io/os\" instead")]
    [InlineData("{'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':"
        + "[{'matchExpressions':[{'key':'failure-domain.beta.kubernetes.io/zone','operator':'Exists'}]}]}}}}",
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]."
        + "matchExpressions[0].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "
        + "\"topology.kubernetes.io/zone\" instead")]
    [InlineData("{'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'beta.kubernetes.io/arch',"
        + "'whenUnsatisfiable':'DoNotSchedule'}]}",
        "spec.topologySpreadConstraints[0].topologyKey: beta.kubernetes.io/arch is deprecated since v1.14; use "
        + "\"kubernetes.io/arch\" instead\n"
        + "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod")]
    [InlineData("{'affinity':{'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'a'}]},"
        + "'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1,'podAffinityTerm':"
        + "{'topologyKey':'a'}}]}}}",
        "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null "
        + "labelSelector results in matching no pod\n"
        + "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm."
        + "labelSelector: a null labelSelector results in matching no pod")]
    [InlineData("{'hostAliases':[{'ip':'1.1.1.1','hostnames':['a']},{'ip':'1.1.1.1','hostnames':['b']}]}",
        "spec.hostAliases[1].ip: duplicate ip \"1.1.1.1\"")]
    [InlineData("{'imagePullSecrets':[{'name':'a'},{'name':'a'},{}]}",
        "spec.imagePullSecrets[1].name: duplicate name \"a\"\n"
        + "spec.imagePullSecrets[2].name: invalid empty name \"\"")]
    [InlineData("{'overhead':{'memory':'1500m'}}", "spec.overhead[memory]: fractional byte value \"1500m\" is invalid, "
        + "must be an integer")]
    [InlineData("{'volumes':[{'name':'v','configMap':{'name':'m','items':[{'key':'a','path':'p'},"
        + "{'key':'b','path':'p/q'}]}}]}",
        "volume \"v\" (ConfigMap \"m\"): overlapping paths: \"p/q\" with \"p\"")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'secret':{'name':'s','items':[{'key':'a',"
        + "'path':'p'}]}},{'downwardAPI':{'items':[{'path':'p','fieldRef':{'fieldPath':'metadata.name'}}]}}]}}]}",
        "volume \"v\" (Projected DownwardAPI): overlapping paths: \"p\" with \"p\"")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{}]}}]}",
        "volume \"v\" (Projected) has no sources provided")]
    [InlineData("{'dnsConfig':{'nameservers':['10.0.0.1','010.0.0.1']},'hostAliases':[{'ip':'::ffff:1.2.3.4',"
        + "'hostnames':['a']},{'ip':'1:0::1','hostnames':['b']}]}",
        "spec.dnsConfig.nameservers[1]: non-standard IP address \"010.0.0.1\" will be considered invalid in a future "
        + "Kubernetes release: use \"10.0.0.1\"\n"
        + "spec.hostAliases[0].ip: non-standard IP address \"::ffff:1.2.3.4\" will be considered invalid in a future "
        + "Kubernetes release: use \"1.2.3.4\"\n"
        + "spec.hostAliases[1].ip: IPv6 address \"1:0::1\" should be in RFC 5952 canonical format (\"1::1\")")]
    public void A_pod_is_warned_about(string spec, string expected) => Assert.Equal(
        expected, string.Join('\n', Warnings.Of(Manifests.Of("Pod", $"{{'spec':{spec}}}"))));

    [Theory]
    [InlineData("{'containerPort':80}", "{'containerPort':80}", "duplicate port definition with C")]
    [InlineData("{'containerPort':80,'hostPort':8080}", "{'containerPort':80}", "overlapping port definition with C")]
    [InlineData("{'containerPort':80,'hostPort':8080,'hostIP':'1.1.1.1'}", "{'containerPort':80,'hostPort':8080}",
        "dangerously ambiguous port definition with C")]
    [InlineData("{'containerPort':80,'hostPort':8080}", "{'containerPort':80,'hostPort':8081}", "")]
    [InlineData("{'containerPort':80,'protocol':'UDP'}", "{'containerPort':80}", "")]
    [InlineData("{'containerPort':81}", "{'name':'a','containerPort':80,'protocol':'TCP','hostIP':'1.1.1.1'}",
        "hostIP set without hostPort: {Name:a HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.1.1.1}")]
    public void Ports_of_all_containers_are_one_anothers(string sidecar, string port, string expected)
    {
        var template = $"{{'initContainers':[{{'name':'s','image':'i','restartPolicy':'Always','ports':[{sidecar}]}}],"
            + $"'containers':[{{'name':'c','image':'i','ports':[{port}]}}]}}";
        var pod = Defaulting.Defaults.Apply(Manifests.Of("Pod", $"{{'spec':{template}}}"));
        Assert.Equal(
            expected.Length == 0 ? "" : "spec.containers[0].ports[0]: "
                + expected.Replace("with C", "with spec.initContainers[0].ports[0]"),
            string.Join('\n', Warnings.Of(pod)));
    }

    [Theory]
    [InlineData("scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead")]
    [InlineData("seccomp.security.alpha.kubernetes.io/pod",
        "non-functional in v1.27+; use the \"seccompProfile\" field instead")]
    [InlineData("container.seccomp.security.alpha.kubernetes.io/c",
        "non-functional in v1.27+; use the \"seccompProfile\" field instead")]
    [InlineData("container.apparmor.security.beta.kubernetes.io/c",
        "deprecated since v1.30; use the \"appArmorProfile\" field instead")]
    [InlineData("container.apparmor.security.beta.kubernetes.io/other", "")]
    public void Old_annotations_are_warned_about(string annotation, string expected)
    {
        var value = Manifests.Of("Deployment",
            $"{{'spec':{{'template':{{'metadata':{{'annotations':{{'{annotation}':'runtime/default'}}}}}}}}}}");
        Assert.Equal(
            expected.Length == 0 ? "" : $"spec.template.metadata.annotations[{annotation}]: {expected}",
            string.Join('\n', Warnings.Of(value)));
    }

    [Theory]
    [InlineData("cephfs", "{'monitors':['a']}", "cephfs: deprecated in v1.28, non-functional in v1.31+")]
    [InlineData("rbd", "{'monitors':['a'],'image':'i'}", "rbd: deprecated in v1.28, non-functional in v1.31+")]
    [InlineData("glusterfs", "{'endpoints':'e','path':'p'}",
        "glusterfs: deprecated in v1.25, non-functional in v1.26+")]
    [InlineData("scaleIO", "{'gateway':'g','system':'s'}", "scaleIO: deprecated in v1.16, non-functional in v1.22+")]
    [InlineData("photonPersistentDisk", "{'pdID':'p'}",
        "photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+")]
    [InlineData("flocker", "{'datasetName':'d'}", "flocker: deprecated in v1.22, non-functional in v1.25+")]
    [InlineData("quobyte", "{'registry':'r','volume':'v'}", "quobyte: deprecated in v1.22, non-functional in v1.25+")]
    [InlineData("storageos", "{'volumeName':'v'}", "storageOS: deprecated in v1.22, non-functional in v1.25+")]
    [InlineData("gitRepo", "{'repository':'r'}", "gitRepo: deprecated in v1.11")]
    public void Volumes_that_nobody_mounts_any_more_are_warned_about(string field, string source, string expected) =>
        Assert.Equal(
            $"spec.volumes[0].{expected}",
            Warnings.Of(Manifests.Of("Pod", $"{{'spec':{{'volumes':[{{'name':'v','{field}':{source}}}]}}}}"))[0]);

    [Theory]
    [InlineData("Pod", "the Pod's hostname")]
    [InlineData("Deployment", "Pod names and hostnames")]
    [InlineData("Job", "Pod names and hostnames")]
    [InlineData("Service", null)]
    public void Names_with_dots_are_warned_about(string kind, string? use)
    {
        var value = Manifests.Of(kind) with { Metadata = new ObjectMeta { Name = "a.b", Namespace = "default" } };
        Assert.Equal(
            use is null ? [] : [$"metadata.name: this is used in {use}, which can result in surprising behavior; a DNS "
                + "label is recommended: [must not contain dots]"],
            Warnings.Of(value));
    }

    [Theory]
    [InlineData("Service", "{'spec':{'clusterIP':'None','clusterIPs':['None'],'sessionAffinity':'ClientIP'}}",
        "spec.SessionAffinity is ignored for headless services")]
    [InlineData("Service", "{'spec':{'type':'ExternalName','clusterIPs':null,'externalIPs':['1.1.1.1']}}",
        "spec.externalIPs is ignored when spec.type is \"ExternalName\"")]
    [InlineData("Service", "{'spec':{'externalName':'a'}}",
        "spec.externalName is ignored when spec.type is not \"ExternalName\"")]
    [InlineData("Service", "{'spec':{'externalIPs':['::ffff:1.2.3.4','1:0::1']}}",
        "spec.externalIPs[0]: non-standard IP address \"::ffff:1.2.3.4\" will be considered invalid in a future "
        + "Kubernetes release: use \"1.2.3.4\"\nspec.externalIPs[1]: IPv6 address \"1:0::1\" should be in RFC 5952 "
        + "canonical format (\"1::1\")")]
    [InlineData("Service", "{'metadata':{'annotations':{'service.kubernetes.io/topology-aware-hints':'auto'}}}",
        "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use "
        + "service.kubernetes.io/topology-mode instead")]
    [InlineData("Node", "{'spec':{'externalID':'a'}}",
        "spec.externalID: this field is deprecated, and is unused by Kubernetes")]
    [InlineData("PersistentVolume", "{'spec':{'persistentVolumeReclaimPolicy':'Recycle'}}",
        "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended "
        + "approach is to use dynamic provisioning.")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'resources':{'requests':{'storage':'1500m'}}}}",
        "spec.resources.requests[storage]: fractional byte value \"1500m\" is invalid, must be an integer")]
    [InlineData("StorageClass", "{'allowedTopologies':[{'matchLabelExpressions':[{'key':'beta.kubernetes.io/os',"
        + "'values':['linux']}]}]}", "allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.14; use "
        + "\"kubernetes.io/os\" instead")]
    [InlineData("NetworkPolicy", "{'spec':{'egress':[{'to':[{'ipBlock':{'cidr':'10.1.2.3/8'}}]}]}}",
        "spec.egress[0].to[0].ipBlock.cidr: CIDR value \"10.1.2.3/8\" is ambiguous in this context (should be "
        + "\"10.0.0.0/8\" or \"10.1.2.3/32\"?)")]
    [InlineData("PersistentVolume", "{'spec':{'hostPath':null,'rbd':{'monitors':['a'],'image':'i'}}}",
        "spec.rbd: deprecated in v1.28, non-functional in v1.31+")]
    [InlineData("PersistentVolume", "{'spec':{'hostPath':null,'storageos':{'volumeName':'v'}}}",
        "spec.storageOS: deprecated in v1.22, non-functional in v1.25+")]
    [InlineData("Endpoints", "{'subsets':[{'notReadyAddresses':[{'ip':'010.0.00.1'}]}]}",
        "subsets[0].notReadyAddresses[0].ip: non-standard IP address \"010.0.00.1\" will be considered invalid in a "
        + "future Kubernetes release: use \"10.0.0.1\"")]
    [InlineData("EndpointSlice", "{'endpoints':[{'addresses':['::ffff:10.0.0.1']}]}",
        "endpoints[0].addresses[0]: non-standard IP address \"::ffff:10.0.0.1\" will be considered invalid in a future "
        + "Kubernetes release: use \"10.0.0.1\"")]
    [InlineData("NetworkPolicy", "{'spec':{'egress':[{'to':[{'ipBlock':{'cidr':'010.0.0.0/8'}}]}]}}",
        "spec.egress[0].to[0].ipBlock.cidr: non-standard CIDR value \"010.0.0.0/8\" will be considered invalid in a "
        + "future Kubernetes release: use \"10.0.0.0/8\"")]
    [InlineData("EndpointSlice", "{'addressType':'FQDN'}", "addressType: FQDN endpoints are deprecated")]
    public void Another_kind_is_warned_about_each_time(string kind, string patch, string expected)
    {
        var value = Manifests.Of(kind, patch);
        Assert.Equal(expected, string.Join('\n', Warnings.Of(value)));
        Assert.Equal(expected, string.Join('\n', Warnings.OfUpdate(value, value)));
    }

    [Theory]
    [InlineData("Pod", "'podIPs':[{'ip':'010.0.0.1'}]", "status.podIPs[0].ip")]
    [InlineData("Pod", "'hostIPs':[{'ip':'010.0.0.1'}]", "status.hostIPs[0].ip")]
    [InlineData("Service", "'loadBalancer':{'ingress':[{'ip':'010.0.0.1'}]}", "status.loadBalancer.ingress[0]")]
    [InlineData("Ingress", "'loadBalancer':{'ingress':[{'ip':'010.0.0.1'}]}", null)]
    public void Addresses_of_a_status_are_warned_about(string kind, string status, string? field) => Assert.Equal(
        field is null ? [] : [$"{field}: non-standard IP address \"010.0.0.1\" will be considered invalid in a future "
            + "Kubernetes release: use \"10.0.0.1\""],
        Warnings.OfStatus(Manifests.Of(kind, $"{{'status':{{{status}}}}}")));

    [Fact]
    public void An_ingress_class_as_annotation_is_warned_about_once()
    {
        var value = Manifests.Of("Ingress", "{'metadata':{'annotations':{'kubernetes.io/ingress.class':'a'}}}");
        Assert.Equal(
            ["annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"],
            Warnings.Of(value));
        Assert.Empty(Warnings.OfUpdate(value, value));
    }

    [Fact]
    public void What_makes_pods_is_warned_about_whenever_its_spec_changes()
    {
        var old = (Apps.Deployment)Manifests.Of("Deployment",
            "{'spec':{'template':{'spec':{'terminationGracePeriodSeconds':-1}}}}");
        Assert.Single(Warnings.OfUpdate(old, old with { Spec = old.Spec with { Replicas = 7 } }));
        Assert.Empty(Warnings.OfUpdate(old, old with { Metadata = new ObjectMeta { Name = "x" } }));
    }

    [Fact]
    public void Of_a_pod_what_is_added_to_it_is_spoken_of()
    {
        EphemeralContainer added = new()
        {
            Name = "e", Image = "i", SecurityContext = new SecurityContext { ProcMount = "Unmasked" },
        };
        var old = (Pod)Manifests.Of("Pod");
        old = old with { Spec = old.Spec with { RuntimeClassName = "r" } };
        Assert.Equal(
            ["spec.ephemeralContainers[0].securityContext.procMount: is not honoured: /proc is masked as by default"],
            Warnings.OfUpdate(old, old with { Spec = old.Spec with { EphemeralContainers = [added] } }));
    }

    /// <summary>In the order of docs/pods.md.</summary>
    [Theory]
    [InlineData("{'automountServiceAccountToken':true}", "automountServiceAccountToken")]
    [InlineData("{'automountServiceAccountToken':false}", "")]
    [InlineData("{'os':{'name':'linux'}}", "")]
    [InlineData("{'resourceClaims':[{'name':'c','resourceClaimName':'c'}]}", "resourceClaims")]
    [InlineData("{'resources':{'limits':{'cpu':'1'}}}", "")]
    [InlineData("{'runtimeClassName':'kata'}", "runtimeClassName")]
    [InlineData("{'workloadRef':{'name':'w','podGroup':'g'}}", "workloadRef")]
    [InlineData("{'securityContext':{'seLinuxOptions':{'level':'s0'}}}", "securityContext.seLinuxOptions")]
    [InlineData("{'securityContext':{'seLinuxChangePolicy':'Recursive'}}", "securityContext.seLinuxChangePolicy")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'Localhost','localhostProfile':'p'}}}",
        "securityContext.seccompProfile")]
    [InlineData("{'securityContext':{'supplementalGroupsPolicy':'Strict'}}",
        "securityContext.supplementalGroupsPolicy")]
    [InlineData("{'securityContext':{'supplementalGroupsPolicy':'Merge'}}", "")]
    [InlineData("{'securityContext':{'windowsOptions':{'runAsUserName':'u'}}}", "securityContext.windowsOptions")]
    [InlineData("{'volumes':[{'name':'v','nfs':{'server':'s','path':'/p'}}]}", "volumes[0].nfs")]
    [InlineData("{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'c'}}]}",
        "volumes[0].persistentVolumeClaim")]
    [InlineData("{'volumes':[{'name':'v','image':{'reference':'r'}}]}", "")]
    [InlineData("{'volumes':[{'name':'v','emptyDir':{'medium':'HugePages-2Mi'}}]}", "volumes[0].emptyDir.medium")]
    [InlineData("{'volumes':[{'name':'v','emptyDir':{'medium':'Memory','sizeLimit':'1Mi'}}]}", "")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'t'}}]}}]}",
        "volumes[0].projected.sources[0].serviceAccountToken")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'configMap':{'name':'c'}}]}}]}", "")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'clusterTrustBundle':{'name':'c','path':'p'}}]}}]}",
        "volumes[0].projected.sources[0].clusterTrustBundle")]
    [InlineData("{'volumes':[{'name':'v','projected':{'sources':[{'podCertificate':{'signerName':'s'}}]}}]}",
        "volumes[0].projected.sources[0].podCertificate")]
    public void What_of_a_pod_is_not_honoured_is_said(string spec, string expected) =>
        Assert.Equal(expected, Ignored(Manifests.Of("Pod", $"{{'spec':{spec}}}"), "spec."));

    [Theory]
    [InlineData("{'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'p','key':'k'}}}]}",
        "env[0].valueFrom.fileKeyRef")]
    [InlineData("{'resources':{'claims':[{'name':'c'}]}}", "resources.claims")]
    [InlineData("{'restartPolicyRules':[{'action':'Restart'}]}", "restartPolicyRules")]
    [InlineData("{'volumeDevices':[{'name':'v','devicePath':'/d'}]}", "volumeDevices")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/m','readOnly':true,'recursiveReadOnly':'Enabled'}]}",
        "volumeMounts[0].recursiveReadOnly")]
    [InlineData("{'volumeMounts':[{'name':'v','mountPath':'/m','recursiveReadOnly':'Disabled'}]}", "")]
    [InlineData("{'securityContext':{'procMount':'Unmasked'}}", "securityContext.procMount")]
    [InlineData("{'securityContext':{'seLinuxOptions':{'level':'s0'}}}", "securityContext.seLinuxOptions")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'Localhost','localhostProfile':'p'}}}",
        "securityContext.seccompProfile")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'RuntimeDefault'}}}", "")]
    [InlineData("{'securityContext':{'windowsOptions':{'runAsUserName':'u'}}}", "securityContext.windowsOptions")]
    public void What_of_a_container_is_not_honoured_is_said(string container, string expected) =>
        Assert.Equal(expected, Ignored(Manifests.PodWithContainer(container), "spec.containers[0]."));

    /// <summary>The fields that are told of, without the part of their paths that all have.</summary>
    private static string Ignored(KubeObject pod, string path)
    {
        Assert.Equal(Warnings.Of(pod), IgnoredFields.Of(((Core.Pod)pod).Spec));
        var fields = Warnings.Of(pod).Select(line => line.Split(": is not honoured: ") is [var field, { Length: > 10 }]
            ? field
            : throw new InvalidOperationException(line));
        return string.Join(',', fields).Replace(path, "");
    }

    [Fact]
    public void Claims_that_nodes_cannot_mount_are_told() => Assert.Equal(
        ["spec.volumeClaimTemplates: is not honoured: the claims are made, but nodes cannot mount them, so the pods "
            + "wait"],
        Warnings.Of(Manifests.Of("StatefulSet", "{'spec':{'volumeClaimTemplates':[{'metadata':{'name':'data'}}]}}")));

    [Theory]
    [InlineData("'volumeClaimTemplates':[{'metadata':{'name':'a'}},{'metadata':{'name':'b'}},"
        + "{'metadata':{'name':'a'}}]",
        "spec.volumeClaimTemplates[2].metadata.name: duplicate name \"a\": pods get one claim of it, that of the last "
        + "template")]
    [InlineData("'revisionHistoryLimit':-1", "spec.revisionHistoryLimit: a negative value retains all historical "
        + "revisions; a value >= 0 is recommended")]
    public void A_stateful_set_is_warned_about(string spec, string expected) => Assert.Equal(
        expected, Warnings.Of(Manifests.Of("StatefulSet", $"{{'spec':{{{spec}}}}}"))[0]);

    [Fact]
    public void A_system_that_no_node_has_is_told_as_what_it_is() => Assert.Equal(
        ["spec.os: cannot be satisfied: all nodes run Linux, and refuse the pod"],
        Warnings.Of(Manifests.Of("Pod", "{'spec':{'os':{'name':'windows'}}}")));

    [Theory]
    [InlineData("Pod", "{'spec':{SPEC}}", "spec")]
    [InlineData("Deployment", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("ReplicaSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("ReplicationController", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("StatefulSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("DaemonSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("Job", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("CronJob", "{'spec':{'jobTemplate':{'spec':{'template':{'spec':{SPEC}}}}}}",
        "spec.jobTemplate.spec.template.spec")]
    public void Every_kind_that_has_a_pods_spec_is_warned_about(string kind, string patch, string path)
    {
        var value = Manifests.Of(kind, patch.Replace("SPEC", "'terminationGracePeriodSeconds':-1"));
        Assert.Equal(
            [$"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as "
                + "1"],
            Warnings.Of(value));
        Assert.Empty(Warnings.OfUpdate(value, value));
        Assert.Equal(kind == "Pod" ? 0 : 1, Warnings.OfUpdate(Manifests.Of(kind), value).Count);
    }
}
