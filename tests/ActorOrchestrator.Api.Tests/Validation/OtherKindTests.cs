using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class OtherKindTests
{
    private const string NotAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    [Theory]
    [InlineData("Service", "{'spec':{'ports':null}}", "spec.ports: Required value")]
    [InlineData("Service", "{'spec':{'ports':null,'clusterIP':'None','clusterIPs':['None']}}", "")]
    [InlineData("Service", "{'spec':{'type':'Magic'}}",
        "spec.type: Unsupported value: \"Magic\": supported values: \"ClusterIP\", \"ExternalName\", "
        + "\"LoadBalancer\", \"NodePort\"")]
    [InlineData("Service", "{'spec':{'type':'ExternalName','clusterIP':null,'clusterIPs':null,"
        + "'ipFamilies':null,'ipFamilyPolicy':null}}",
        "spec.externalName: Required value")]
    [InlineData("Service", "{'spec':{'ports':[{'port':0,'protocol':'TCP'},{'name':'a','port':80,'protocol':'TCP'}]}}",
        "spec.ports[0].name: Required value\n"
        + "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("Service", "{'spec':{'ports':[{'name':'a','port':80,'protocol':'TCP'},"
        + "{'name':'a','port':80,'protocol':'TCP'}]}}",
        "spec.ports[1].name: Duplicate value: \"a\"\n"
        + "spec.ports[1]: Duplicate value: {\"protocol\":\"TCP\",\"port\":80}")]
    [InlineData("Service", "{'spec':{'ports':[{'port':80,'protocol':'TCP','nodePort':30000}]}}",
        "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")]
    [InlineData("Service", "{'spec':{'clusterIP':'x','clusterIPs':['x']}}",
        "spec.clusterIPs[0]: Invalid value: \"x\": " + NotAnAddress)]
    [InlineData("Service", "{'spec':{'sessionAffinity':'Cookie'}}",
        "spec.sessionAffinity: Unsupported value: \"Cookie\": supported values: \"ClientIP\", \"None\"")]
    [InlineData("Service", "{'spec':{'externalTrafficPolicy':'Local'}}", "spec.externalTrafficPolicy: Invalid value: "
        + "\"Local\": may only be set for externally-accessible services")]
    [InlineData("Ingress", "{'spec':{'rules':null}}",
        "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified")]
    [InlineData("Ingress", "{'spec':{'rules':[{'host':'10.0.0.1'}]}}",
        "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address")]
    [InlineData("Ingress", "{'spec':{'rules':[{'http':{'paths':[{'path':'a//b','pathType':'Exact',"
        + "'backend':{'service':{'name':'s','port':{}}}}]}}]}}",
        "spec.rules[0].http.paths[0].path: Invalid value: \"a//b\": must be an absolute path\n"
        + "spec.rules[0].http.paths[0].path: Invalid value: \"a//b\": must not contain '//'\n"
        + "spec.rules[0].http.paths[0].backend: Required value: port name or number is required")]
    [InlineData("Ingress", "{'spec':{'rules':null,'defaultBackend':{'service':{'name':'s',"
        + "'port':{'name':'a','number':1}}}}}",
        "spec.defaultBackend: Invalid value: \"\": cannot set both port name & port number")]
    [InlineData("IngressClass", "{'spec':{'controller':'nginx'}}", "spec.controller: Invalid value: \"nginx\": must be "
        + "a domain-prefixed path (such as \"acme.io/foo\")")]
    [InlineData("HorizontalPodAutoscaler", "{'spec':{'minReplicas':7}}",
        "spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`")]
    [InlineData("HorizontalPodAutoscaler", "{'spec':{'scaleTargetRef':{'kind':null,'name':null},'maxReplicas':0}}",
        "spec.maxReplicas: Invalid value: 0: must be greater than 0\n"
        + "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`\n"
        + "spec.scaleTargetRef.kind: Required value\nspec.scaleTargetRef.name: Required value")]
    [InlineData("HorizontalPodAutoscaler", "{'spec':{'metrics':[{'type':'Pods'},{'type':'Moon'}]}}",
        "spec.metrics[0].pods: Required value: must populate information for the given metric source\n"
        + "spec.metrics[1].type: Unsupported value: \"Moon\": supported values: \"ContainerResource\", \"External\", "
        + "\"Object\", \"Pods\", \"Resource\"")]
    [InlineData("HorizontalPodAutoscaler", "{'spec':{'behavior':{'scaleUp':{'stabilizationWindowSeconds':3601}}}}",
        "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600\n"
        + "spec.behavior.scaleUp.policies: Required value: must specify at least one Policy")]
    [InlineData("EndpointSlice", "{'addressType':'IPv7'}", "addressType: Unsupported value: \"IPv7\": supported "
        + "values: \"FQDN\", \"IPv4\", \"IPv6\"")]
    [InlineData("EndpointSlice", "{'endpoints':[{'addresses':[]},{'addresses':['::1']}]}",
        "endpoints[0].addresses: Required value: must contain at least 1 address\n"
        + "endpoints[1].addresses[0]: Invalid value: \"::1\": must be an IPv4 address")]
    [InlineData("Endpoints", "{'subsets':[{}]}",
        "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`")]
    public void Network_kinds_are_checked(string kind, string patch, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of(kind, patch)));

    [Theory]
    [InlineData("PersistentVolume", "{'spec':{'hostPath':null}}",
        "spec: Required value: must specify a volume type")]
    [InlineData("PersistentVolume", "{'spec':{'capacity':null,'accessModes':null}}",
        "spec.accessModes: Required value\nspec.capacity: Required value\n"
        + "spec.capacity: Unsupported value: \"\": supported values: \"storage\"")]
    [InlineData("PersistentVolume", "{'spec':{'hostPath':null,'local':{'path':'/d'}}}",
        "spec.nodeAffinity: Required value: Local volume requires node affinity")]
    [InlineData("PersistentVolume", "{'spec':{'nfs':{'server':'s','path':'/p'}}}",
        "spec.nfs: Forbidden: may not specify more than 1 volume type")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'accessModes':null,'resources':null}}",
        "spec.accessModes: Required value: at least 1 access mode is required\n"
        + "spec.resources[storage]: Required value")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'accessModes':['ReadOnce']}}",
        "spec.accessModes: Unsupported value: \"ReadOnce\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", "
        + "\"ReadWriteOnce\", \"ReadWriteOncePod\"")]
    [InlineData("StorageClass", "{'provisioner':null,'reclaimPolicy':'Recycle'}", "provisioner: Required value\n"
        + "reclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", \"Retain\"")]
    [InlineData("PriorityClass", "{'value':1000000001}",
        "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("PriorityClass", "{'metadata':{'name':'system-mine'}}", "metadata.name: Forbidden: priority class "
        + "names with 'system-' prefix are reserved for system use only")]
    [InlineData("Node", "{'spec':{'taints':[{'key':'a','effect':'NoSchedule'},{'key':'a','effect':'NoSchedule'},"
        + "{'key':'b'}]}}",
        "metadata.taints[1]: Duplicate value: {\"key\":\"a\",\"effect\":\"NoSchedule\"}: taints must be "
        + "unique by key and effect pair\nmetadata.taints[2].effect: Required value")]
    [InlineData("Namespace", "{'metadata':{'name':'a.b'}}",
        "metadata.name: Invalid value: \"a.b\": must not contain dots")]
    [InlineData("ConfigMap", "{'data':{'..x':'v'}}", "data[..x]: Invalid value: \"..x\": must not start with '..'")]
    [InlineData("ConfigMap", "{'binaryData':{'k':'dg=='}}",
        "data[k]: Invalid value: \"k\": duplicate of key present in binaryData")]
    [InlineData("Secret", "{'type':'kubernetes.io/tls'}",
        "data[tls.crt]: Required value\ndata[tls.key]: Required value")]
    [InlineData("Secret", "{'type':'kubernetes.io/dockerconfigjson'}",
        "data[.dockerconfigjson]: Required value")]
    [InlineData("Lease", "{'spec':{'leaseDurationSeconds':0}}",
        "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0")]
    public void Storage_and_cluster_kinds_are_checked(string kind, string patch, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of(kind, patch)));

    [Theory]
    [InlineData("ResourceQuota", "{'spec':{'hard':{'pods':'-1'}}}",
        "spec.hard[pods]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("LimitRange", "{'spec':{'limits':[{'type':'Pod','min':{'cpu':'2'},'max':{'cpu':'1'},"
        + "'default':{'cpu':'1'}},{'type':'Pod'},{'type':'Node'}]}}",
        "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'\n"
        + "spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1\n"
        + "spec.limits[0].default[cpu]: Invalid value: \"2\": min value 2 is greater than default value 1\n"
        + "spec.limits[1].type: Duplicate value: \"Pod\"\n"
        + "spec.limits[2].type: Unsupported value: \"Node\": supported values: \"Container\", "
        + "\"PersistentVolumeClaim\", \"Pod\"")]
    [InlineData("LimitRange", "{'spec':{'limits':[{'type':'Container','max':{'storage':'1'}},"
        + "{'type':'Pod','maxLimitRequestRatio':{'example.com/gpu':'1','pods':'2'}},"
        + "{'type':'PersistentVolumeClaim','max':{'gpu':'1'},'min':{'storage':'1'}}]}}",
        "spec.limits[0].max[storage]: Invalid value: \"storage\": must be a standard resource for containers\n"
        + "spec.limits[1].maxLimitRequestRatio[pods]: Invalid value: \"pods\": must be a standard resource for "
        + "containers\nspec.limits[2].max[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully "
        + "qualified")]
    [InlineData("PodDisruptionBudget", "{'spec':{'maxUnavailable':'150%'}}",
        "spec: Invalid value: {\"minAvailable\":1,\"maxUnavailable\":\"150%\"}: minAvailable and maxUnavailable cannot "
        + "be both set\nspec.maxUnavailable: Invalid value: \"150%\": must not be greater than 100%")]
    [InlineData("Role", "{'rules':[{'verbs':[]},{'verbs':['get'],'nonResourceURLs':['/x']}]}",
        "rules[0].verbs: Required value: verbs must contain at least one value\n"
        + "rules[0].apiGroups: Required value: resource rules must supply at least one api group\n"
        + "rules[0].resources: Required value: resource rules must supply at least one resource\n"
        + "rules[1].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource URLs")]
    [InlineData("Role", "{'metadata':{'name':'system:a/b'}}",
        "metadata.name: Invalid value: \"system:a/b\": may not contain '/'")]
    [InlineData("Role", "{'metadata':{'name':'system:A'}}", "")]
    [InlineData("RoleBinding", "{}", "")]
    [InlineData("ClusterRoleBinding", "{'roleRef':{'kind':'Role','name':null},'subjects':[{'kind':'Robot','name':'x'},"
        + "{'kind':'ServiceAccount','name':'x'}]}",
        "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"\n"
        + "roleRef.name: Required value\n"
        + "subjects[0].kind: Unsupported value: \"Robot\": supported values: \"ServiceAccount\", \"User\", \"Group\"\n"
        + "subjects[1].namespace: Required value")]
    [InlineData("Pod",
        "{'spec':{'nodeName':'n','schedulingGates':[{'name':'g'}],'ephemeralContainers':[{'name':'e','image':'i',"
        + "'terminationMessagePolicy':'File','imagePullPolicy':'Always','targetContainerName':'x'}]}}",
        "spec.ephemeralContainers[0].targetContainerName: Not found: \"x\"\n"
        + "spec.ephemeralContainers: Forbidden: cannot be set on create\n"
        + "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared")]
    public void Policies_and_new_pods_are_checked(string kind, string patch, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of(kind, patch)));

    [Theory]
    [InlineData("ClusterRoleBinding", "{}", "{'roleRef':{'name':'other'}}",
        "roleRef: Invalid value: {\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":"
        + "\"other\"}: cannot change roleRef")]
    [InlineData("Service", "{}", "{'spec':{'clusterIP':'10.0.0.2','clusterIPs':['10.0.0.2']}}",
        "spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set")]
    [InlineData("ConfigMap", "{'immutable':true}", "{'immutable':true,'data':{'k':'w'}}",
        "data: Forbidden: field is immutable when `immutable` is set")]
    [InlineData("ConfigMap", "{'immutable':true}", "{}",
        "immutable: Forbidden: field is immutable when `immutable` is set")]
    [InlineData("ConfigMap", "{}", "{'data':{'k':'w'}}", "")]
    [InlineData("Secret", "{}", "{'type':'example.com/other'}",
        "type: Invalid value: \"example.com/other\": field is immutable")]
    [InlineData("Secret", "{'immutable':true}", "{'immutable':true,'data':{'k':'dw=='}}",
        "data: Forbidden: field is immutable when `immutable` is set")]
    [InlineData("EndpointSlice", "{}", "{'addressType':'FQDN','endpoints':null}",
        "addressType: Invalid value: \"FQDN\": field is immutable")]
    [InlineData("PersistentVolume", "{}", "{'spec':{'hostPath':{'path':'/other'}}}",
        "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation")]
    [InlineData("PersistentVolume", "{}", "{'spec':{'claimRef':{'name':'c'},'capacity':{'storage':'2Gi'}}}", "")]
    [InlineData("PersistentVolumeClaim", "{}", "{'spec':{'accessModes':['ReadWriteMany']}}",
        "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName "
        + "for bound claims")]
    [InlineData("PersistentVolumeClaim", "{}", "{'spec':{'volumeName':'v'}}", "")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'volumeName':'v'},'status':{'phase':'Bound'}}",
        "{'spec':{'volumeName':'v','resources':{'requests':{'storage':'2Gi'}}}}", "")]
    [InlineData("PersistentVolumeClaim", "{'spec':{'volumeName':'v'},'status':{'phase':'Bound',"
        + "'capacity':{'storage':'1Gi'}}}",
        "{'spec':{'volumeName':'v','resources':{'requests':{'storage':'1Mi'}}}}",
        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity")]
    [InlineData("StorageClass", "{}", "{'provisioner':'other'}",
        "provisioner: Forbidden: updates to provisioner are forbidden.")]
    [InlineData("StorageClass", "{}", "{'volumeBindingMode':'WaitForFirstConsumer'}",
        "volumeBindingMode: Invalid value: \"WaitForFirstConsumer\": field is immutable")]
    [InlineData("PriorityClass", "{}", "{'value':11}", "value: Forbidden: may not be changed in an update.")]
    [InlineData("Node", "{'spec':{'podCIDRs':['10.1.0.0/24']}}", "{'spec':{'podCIDRs':['10.2.0.0/24']}}",
        "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid")]
    public void What_is_fixed_may_not_change(string kind, string old, string @new, string expected) =>
        Manifests.AssertErrors(
            expected, Validator.ValidateUpdate(Manifests.Of(kind, old), Manifests.Of(kind, @new)));

    private const string OnlyThese = "spec: Forbidden: pod updates may not change fields other than "
        + "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
        + "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if "
        + "it was previously negative)\nchanged: ";

    [Theory]
    [InlineData("{}", "{'activeDeadlineSeconds':10}", "")]
    [InlineData("{'activeDeadlineSeconds':10}", "{'activeDeadlineSeconds':11}",
        "spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value")]
    [InlineData("{'activeDeadlineSeconds':10}", "{}",
        "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value")]
    [InlineData("{}", "{'hostname':'h','hostNetwork':true}", OnlyThese + "spec.hostNetwork, spec.hostname")]
    [InlineData("{}", "{'containers':[]}",
        "spec.containers: Forbidden: pod updates may not add or remove containers")]
    [InlineData("{'tolerations':[{'key':'a','operator':'Exists'}]}",
        "{'tolerations':[{'key':'a','operator':'Exists','tolerationSeconds':3,'effect':'NoExecute'}]}",
        "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds")]
    [InlineData("{'tolerations':[{'key':'a','operator':'Exists'}]}",
        "{'tolerations':[{'key':'a','operator':'Exists'},{'key':'b','operator':'Exists'}]}", "")]
    [InlineData("{'schedulingGates':[{'name':'a'},{'name':'b'}]}", "{'schedulingGates':[{'name':'b'}]}", "")]
    [InlineData("{'schedulingGates':[{'name':'a'}]}", "{'schedulingGates':[{'name':'b'}]}",
        "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'")]
    [InlineData("{'terminationGracePeriodSeconds':-1}", "{'terminationGracePeriodSeconds':1}", "")]
    public void Little_of_a_pod_may_change(string old, string @new, string expected) => Manifests.AssertErrors(
        expected, Validator.ValidateUpdate(
            Manifests.Of("Pod", $"{{'spec':{old}}}"), Manifests.Of("Pod", $"{{'spec':{@new}}}")));

    /// <summary>The terms of required node affinity before and after; null for a pod without affinity.</summary>
    [Theory]
    [InlineData(null, "[{'matchExpressions':[A]}]", "")]
    [InlineData("[{'matchExpressions':[A]}]", "[{'matchExpressions':[A,B]}]", "")]
    [InlineData("[{'matchExpressions':[A]}]", "[{'matchExpressions':[A],'matchFields':[F]}]", "")]
    [InlineData("[{'matchExpressions':[A,B]}]", "[{'matchExpressions':[B,A]}]",
        "TERMS[0]: Invalid value: {\"matchExpressions\":[B,A]}: only additions are allowed (no mutations or "
        + "deletions)")]
    [InlineData("[{'matchExpressions':[A,B]}]", "[{'matchExpressions':[A]}]",
        "TERMS[0]: Invalid value: {\"matchExpressions\":[A]}: only additions are allowed (no mutations or deletions)")]
    [InlineData("[{'matchExpressions':[A]}]", "[{'matchExpressions':[A]},{'matchExpressions':[B]}]",
        "TERMS: Invalid value: [{\"matchExpressions\":[A]},{\"matchExpressions\":[B]}]: no additions/deletions to "
        + "non-empty NodeSelectorTerms list are allowed")]
    [InlineData("[{'matchExpressions':[A]}]", null,
        "TERMS: Invalid value: []: no additions/deletions to non-empty NodeSelectorTerms list are allowed")]
    public void A_gated_pod_may_be_narrowed_to_fewer_nodes(string? old, string? @new, string expected)
    {
        var text = expected.Replace("TERMS", "spec.affinity.nodeAffinity.REQUIRED.nodeSelectorTerms");
        Manifests.AssertErrors(
            Spelled(text).Replace('\'', '"'), Validator.ValidateUpdate(WithTerms(old, "g"), WithTerms(@new, "g")));
    }

    [Fact]
    public void Without_a_gate_node_affinity_is_fixed_and_with_one_pod_affinity_is_too()
    {
        Manifests.AssertErrors(
            OnlyThese + "spec.affinity", Validator.ValidateUpdate(WithTerms(null, null), WithTerms("[{}]", null)));
        var spread = Manifests.Of("Pod", "{'spec':{'schedulingGates':[{'name':'g'}],'affinity':{'podAffinity':{}}}}");
        Manifests.AssertErrors(
            OnlyThese + "spec.affinity", Validator.ValidateUpdate(WithTerms(null, "g"), spread));
    }

    private static KubeObject WithTerms(string? terms, string? gate)
    {
        var gates = gate is null ? "" : "'schedulingGates':[{'name':'" + gate + "'}]";
        var affinity = terms is null
            ? ""
            : Spelled("'affinity':{'nodeAffinity':{'REQUIRED':{'nodeSelectorTerms':" + terms + "}}}");
        var fields = string.Join(',', new[] { gates, affinity }.Where(field => field.Length > 0));
        return Manifests.Of("Pod", "{'spec':{" + fields + "}}");
    }

    private static string Spelled(string text) => text
        .Replace("REQUIRED", "requiredDuringSchedulingIgnoredDuringExecution")
        .Replace("[A", "[{'key':'a','operator':'Exists'}").Replace(",A", ",{'key':'a','operator':'Exists'}")
        .Replace("[B", "[{'key':'b','operator':'Exists'}").Replace(",B", ",{'key':'b','operator':'Exists'}")
        .Replace("[F", "[{'key':'metadata.name','operator':'In','values':['n']}");

    [Fact]
    public void A_pods_image_may_change()
    {
        Manifests.AssertErrors("", Validator.ValidateUpdate(
            Manifests.PodWithContainer("{'image':'nginx:1'}"), Manifests.PodWithContainer("{'image':'nginx:2'}")));
        Manifests.AssertErrors("spec.containers[0].image: Required value", Validator.ValidateUpdate(
            Manifests.PodWithContainer("{'image':'nginx:1'}"), Manifests.PodWithContainer("{'image':null}")));
    }
}
