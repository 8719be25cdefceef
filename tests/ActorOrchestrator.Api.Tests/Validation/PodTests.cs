using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class PodTests
{
    [Theory]
    [InlineData("{}", "")]
    [InlineData("{'containers':null}", "spec.containers: Required value")]
    [InlineData("{'restartPolicy':'Sometimes'}",
        "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("{'restartPolicy':null}", "spec.restartPolicy: Required value")]
    [InlineData("{'dnsPolicy':'x'}",
        "spec.dnsPolicy: Unsupported value: \"x\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", "
        + "\"Default\", \"None\"")]
    [InlineData("{'dnsPolicy':'None'}",
        "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None")]
    [InlineData("{'dnsPolicy':'None','dnsConfig':{}}",
        "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is "
        + "None")]
    [InlineData("{'dnsConfig':{'nameservers':['10.0.0.1','x','::1','10.0.0.2']}}",
        "spec.dnsConfig.nameservers: Invalid value: [\"10.0.0.1\",\"x\",\"::1\",\"10.0.0.2\"]: must not have more than "
        + "3 nameservers\nspec.dnsConfig.nameservers[1]: Invalid value: \"x\": must be a valid IP address, (e.g. "
        + "10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("{'hostPID':true,'shareProcessNamespace':true}",
        "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and "
        + "HostPID cannot both be enabled")]
    [InlineData("{'activeDeadlineSeconds':0}",
        "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive")]
    [InlineData("{'hostname':'a.b'}", "spec.hostname: Invalid value: \"a.b\": must not contain dots")]
    [InlineData("{'hostAliases':[{'ip':'300.1.1.1'}]}",
        "spec.hostAliases[0].ip: Invalid value: \"300.1.1.1\": must be a valid IP address, (e.g. 10.9.8.7 or "
        + "2001:db8::ffff)")]
    [InlineData("{'securityContext':{'runAsUser':-1,'supplementalGroups':[1,-2]}}",
        "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive\n"
        + "spec.securityContext.supplementalGroups[1]: Invalid value: -2: must be between 0 and 2147483647, inclusive")]
    [InlineData("{'securityContext':{'seccompProfile':{'type':'Localhost'}}}",
        "spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is "
        + "Localhost")]
    [InlineData("{'schedulingGates':[{'name':'a'},{'name':'a'}]}",
        "spec.schedulingGates[1]: Duplicate value: \"a\"")]
    [InlineData("{'overhead':{'cpu':'-1'}}",
        "spec.overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0")]
    public void The_spec_is_checked(string spec, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("Pod", $"{{'spec':{spec}}}")));

    [Theory]
    [InlineData("[{}]", "spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is "
        + "empty, which means \"match all values and all keys\"")]
    [InlineData("[{'operator':'Exists'}]", "")]
    [InlineData("[{'key':'a','operator':'Equal','value':'b','effect':'NoExecute','tolerationSeconds':3}]", "")]
    [InlineData("[{'key':'a','effect':'NoSchedule','tolerationSeconds':3}]",
        "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when "
        + "`tolerationSeconds` is set")]
    [InlineData("[{'key':'a','operator':'Exists','value':'b'}]",
        "spec.tolerations[0].operator: Invalid value: \"b\": value "
        + "must be empty when `operator` is 'Exists'")]
    [InlineData("[{'key':'a','operator':'Near'}]", "spec.tolerations[0].operator: Unsupported value: \"Near\": "
        + "supported values: \"Equal\", \"Exists\"")]
    [InlineData("[{'key':'a','effect':'Go'}]", "spec.tolerations[0].effect: Unsupported value: \"Go\": supported "
        + "values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"")]
    public void Tolerations_are_checked(string tolerations, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("Pod", $"{{'spec':{{'tolerations':{tolerations}}}}}")));

    [Theory]
    [InlineData("{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[]}}",
        "REQUIRED.nodeSelectorTerms: Required value: must have at least one node selector term")]
    [InlineData("{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[{'matchExpressions':["
        + "{'key':'a','operator':'In'},{'key':'b','operator':'Exists','values':['x']},{'key':'c','operator':'Gt'},"
        + "{'key':'d','operator':'Like'}]}]}}",
        "REQUIRED.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` "
        + "is 'In' or 'NotIn'\n"
        + "REQUIRED.nodeSelectorTerms[0].matchExpressions[1].values: Forbidden: may not be specified when `operator` "
        + "is 'Exists' or 'DoesNotExist'\n"
        + "REQUIRED.nodeSelectorTerms[0].matchExpressions[2].values: Required value: must be specified single value "
        + "when `operator` is 'Lt' or 'Gt'\n"
        + "REQUIRED.nodeSelectorTerms[0].matchExpressions[3].operator: Invalid value: \"Like\": not a valid selector "
        + "operator")]
    [InlineData("{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':101,'preference':{}}]}",
        "PREFERRED[0].weight: Invalid value: 101: must be in the range 1-100")]
    [InlineData("{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[{'matchFields':["
        + "{'key':'spec.x','operator':'In','values':['a']}]}]}}",
        "REQUIRED.nodeSelectorTerms[0].matchFields[0].key: Invalid value: \"spec.x\": not a valid field selector key")]
    public void Node_affinity_is_checked(string affinity, string expected)
    {
        var pod = Manifests.Of("Pod", $"{{'spec':{{'affinity':{{'nodeAffinity':{affinity}}}}}}}");
        var full = expected
            .Replace("REQUIRED", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution")
            .Replace("PREFERRED", "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution");
        Manifests.AssertErrors(full, Validator.Validate(pod));
    }

    [Fact]
    public void Pod_affinity_needs_a_topology_key_and_a_weight()
    {
        var pod = Manifests.Of("Pod", "{'spec':{'affinity':{'podAntiAffinity':{"
            + "'requiredDuringSchedulingIgnoredDuringExecution':[{'labelSelector':{}}],"
            + "'preferredDuringSchedulingIgnoredDuringExecution':["
            + "{'weight':0,'podAffinityTerm':{'topologyKey':'zone'}}]}}}}");
        const string At = "spec.affinity.podAntiAffinity.";
        Manifests.AssertErrors(
            $"{At}requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty\n"
            + $"{At}requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": "
            + "name part must be non-empty\n"
            + $"{At}requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": "
            + NameRules.QualifiedName("")[1] + "\n"
            + $"{At}preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range "
            + "1-100", Validator.Validate(pod));
    }

    [Fact]
    public void Topology_spread_is_checked()
    {
        const string Good = "{'maxSkew':1,'topologyKey':'zone','whenUnsatisfiable':'ScheduleAnyway'}";
        var pod = Manifests.Of("Pod", $"{{'spec':{{'topologySpreadConstraints':[{Good},{Good},"
            + "{'maxSkew':0,'topologyKey':'','whenUnsatisfiable':'Maybe'},"
            + "{'maxSkew':1,'topologyKey':'host','whenUnsatisfiable':'ScheduleAnyway','minDomains':2}]}}");
        const string At = "spec.topologySpreadConstraints";
        Manifests.AssertErrors(
            $"{At}[1].{{topologyKey, whenUnsatisfiable}}: Duplicate value: \"{{zone, ScheduleAnyway}}\"\n"
            + $"{At}[2].maxSkew: Invalid value: 0: must be greater than zero\n"
            + $"{At}[2].topologyKey: Required value: can not be empty\n"
            + $"{At}[2].whenUnsatisfiable: Unsupported value: \"Maybe\": supported values: \"DoNotSchedule\", "
            + "\"ScheduleAnyway\"\n"
            + $"{At}[3].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
            + "ScheduleAnyway", Validator.Validate(pod));
    }

    [Theory]
    [InlineData("{'name':'v'}", "spec.volumes[0]: Required value: must specify a volume type")]
    [InlineData("{'emptyDir':{}}", "spec.volumes[0].name: Required value")]
    [InlineData("{'name':'v','emptyDir':{},'secret':{'secretName':'s'}}",
        "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type")]
    [InlineData("{'name':'v','secret':{}}", "spec.volumes[0].secret.secretName: Required value")]
    [InlineData("{'name':'v','secret':{'secretName':'s','defaultMode':512}}",
        "spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both "
        + "inclusive")]
    [InlineData("{'name':'v','configMap':{'name':'m','items':[{'key':'k','path':'/abs'},{'path':'../up'}]}}",
        "spec.volumes[0].configMap.items[0].path: Invalid value: \"/abs\": must be a relative path\n"
        + "spec.volumes[0].configMap.items[1].key: Required value\n"
        + "spec.volumes[0].configMap.items[1].path: Invalid value: \"../up\": must not contain '..'")]
    [InlineData("{'name':'v','hostPath':{'path':'/a/../b'}}",
        "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'")]
    [InlineData("{'name':'v','hostPath':{'path':'/a','type':'Dir'}}",
        "spec.volumes[0].hostPath.type: Unsupported value: \"Dir\": supported values: \"\", \"BlockDevice\", "
        + "\"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"")]
    [InlineData("{'name':'v','persistentVolumeClaim':{}}",
        "spec.volumes[0].persistentVolumeClaim.claimName: Required value")]
    [InlineData("{'name':'v','projected':{'sources':[{}]}}", "")]
    [InlineData("{'name':'v','downwardAPI':{'items':[{'path':'p',"
        + "'fieldRef':{'apiVersion':'v1','fieldPath':'spec.nodeName'}}]}}",
        "spec.volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: \"spec.nodeName\": supported values: "
        + "\"metadata.annotations\", \"metadata.labels\", \"metadata.name\", \"metadata.namespace\", \"metadata.uid\"")]
    [InlineData("{'name':'v','nfs':{'server':'s','path':'p'}}",
        "spec.volumes[0].nfs.path: Invalid value: \"p\": must be an absolute path")]
    public void Volumes_are_checked(string volume, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("Pod", $"{{'spec':{{'volumes':[{volume}]}}}}")));

    [Fact]
    public void Volume_names_are_unique() => Manifests.AssertErrors(
        "spec.volumes[1].name: Duplicate value: \"v\"",
        Validator.Validate(Manifests.Of(
            "Pod", "{'spec':{'volumes':[{'name':'v','emptyDir':{}},{'name':'v','emptyDir':{}}]}}")));

    [Fact]
    public void Init_containers_run_to_an_end_unless_they_are_sidecars()
    {
        const string Common = "'image':'i','imagePullPolicy':'Always','terminationMessagePolicy':'File'";
        const string Probe = "'livenessProbe':{'exec':{'command':['a']},'successThreshold':1}";
        var pod = Manifests.Of("Pod", $"{{'spec':{{'initContainers':[{{'name':'a',{Common},{Probe}}},"
            + $"{{'name':'b',{Common},{Probe},'restartPolicy':'Always'}},{{'name':'c',{Common}}},"
            + $"{{'name':'d',{Common},'restartPolicy':'Never'}}]}}}}");
        Manifests.AssertErrors(
            "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
            + "restartPolicy=Always\n"
            + "spec.initContainers[2].name: Duplicate value: \"c\"\n"
            + "spec.initContainers[3].restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
            Validator.Validate(pod));
    }
}
