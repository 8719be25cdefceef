using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>What is written as a status.</summary>
public sealed class StatusTests
{
    private const string Finished = "'startTime':'2026-01-01T00:00:00Z','completionTime':'2026-01-01T00:00:01Z',"
        + "'conditions':[{'type':'Complete','status':'True'},{'type':'SuccessCriteriaMet','status':'True'}]";

    private const string Ranges = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private const string AppArmor = "container.apparmor.security.beta.kubernetes.io/";

    [Theory]
    [InlineData("Pod", "'conditions':[{'type':'a b','status':'True'}]",
        "metadata.conditions[0].Type: Invalid value: \"a b\": QUALIFIED")]
    [InlineData("Pod", "'podIPs':[{'ip':'10.0.0.1'},{'ip':'10.0.0.2'}]", "status.podIPs: Invalid value: "
        + "[\"10.0.0.1\",\"10.0.0.2\"]: may specify no more than one IP for each IP family")]
    [InlineData("Pod", "'hostIP':'10.0.0.1','hostIPs':[{'ip':'10.0.0.2'}]",
        "status.hostIPs[0].ip: Invalid value: \"10.0.0.2\": must be equal to `hostIP`")]
    [InlineData("Pod", "'qosClass':'Guaranteed'",
        "status.qosClass: Invalid value: \"Guaranteed\": field is immutable")]
    [InlineData("Pod", "'nominatedNodeName':'A'", "status.nominatedNodeName: Invalid value: \"A\": SUBDOMAIN")]
    [InlineData("Pod", "'resourceClaimStatuses':[{'name':'x'}]", "status.resourceClaimStatuses[0].name: Invalid value: "
        + "\"x\": must match the name of an entry in `spec.resourceClaims`")]
    [InlineData("Deployment", "'replicas':1,'readyReplicas':2,'availableReplicas':-1",
        "status.availableReplicas: Invalid value: -1: must be greater than or equal to 0\n"
        + "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas")]
    [InlineData("ReplicaSet", "'replicas':1,'fullyLabeledReplicas':2",
        "status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas")]
    [InlineData("ReplicaSet", "'replicas':1,'readyReplicas':0,'availableReplicas':1",
        "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas")]
    [InlineData("Job", "'active':-1", "status.active: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("Job", Finished, "")]
    [InlineData("Job", "'active':1," + Finished, "status.active: Invalid value: 1: active>0 is invalid for finished "
        + "job")]
    [InlineData("Job", "'completionTime':'2026-01-01T00:00:01Z'", "status.completionTime: Invalid value: "
        + "\"2026-01-01T00:00:01Z\": cannot set completionTime when there is no Complete=True condition")]
    [InlineData("Job", "'completedIndexes':'0','failedIndexes':''", "status.completedIndexes: Invalid value: \"0\": "
        + "cannot set non-empty completedIndexes when non-indexed completion mode\nstatus.failedIndexes: Invalid "
        + "value: \"\": cannot set non-null failedIndexes when backoffLimitPerIndex is null")]
    [InlineData("Service", "'loadBalancer':{'ingress':[{'ip':'10.0.0.1'}]}",
        "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'")]
    [InlineData("Ingress", "'loadBalancer':{'ingress':[{'hostname':'10.0.0.1'}]}",
        "status.loadBalancer.ingress[0].hostname: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address")]
    [InlineData("PersistentVolumeClaim", "'capacity':{'storage':'-1'}",
        "status.capacity[storage]: Invalid value: -1: must be a valid resource quantity")]
    [InlineData("Node", "'addresses':[{'type':'a','address':'b'},{'type':'a','address':'b'}]",
        "status.addresses[1]: Duplicate value: {\"type\":\"a\",\"address\":\"b\"}")]
    [InlineData("Node", "'capacity':{'cpu':'-1'}",
        "status.capacity.cpu: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("HorizontalPodAutoscaler", "'currentReplicas':-1,'desiredReplicas':-2",
        "status.currentReplicas: Invalid value: -1: must be greater than or equal to 0\n"
        + "status.desiredReplicas: Invalid value: -2: must be greater than or equal to 0")]
    [InlineData("Namespace", "'phase':'Terminating'", "status.Phase: Invalid value: \"Terminating\": may only be "
        + "'Active' if `deletionTimestamp` is empty")]
    public void A_status_is_checked(string kind, string status, string expected) => Manifests.AssertErrors(
        expected.Replace("QUALIFIED", NameRules.QualifiedName("a b")[0])
            .Replace("SUBDOMAIN", NameRules.Subdomain("A")[0]),
        Validator.ValidateStatus(Manifests.Of(kind), Manifests.Of(kind, $"{{'status':{{{status}}}}}")));

    [Theory]
    [InlineData("Namespace", "'status':{'phase':'Active'},"
        + "'metadata':{'labels':{'pod-security.kubernetes.io/enforce':'null'}}",
        "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"null\": must be one of privileged, "
        + "baseline, restricted")]
    [InlineData("Service", "'metadata':{'annotations':{'" + Ranges + "':'x'}}",
        "metadata.annotations[" + Ranges + "]: Forbidden: may only be used when `type` is 'LoadBalancer'\n"
        + "metadata.annotations[" + Ranges + "]: Invalid value: \"x\": must be a valid CIDR value, "
        + "(e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [InlineData("Pod", "'metadata':{'annotations':{'" + AppArmor + "c':'runtime/default'}}",
        "metadata.annotations[" + AppArmor + "c]: Forbidden: may not add AppArmor annotations")]
    [InlineData("ConfigMap", "'metadata':{'labels':{'a':'b'}}", "")]
    public void So_are_the_labels_and_annotations_that_come_with_it(string kind, string fields, string expected) =>
        Manifests.AssertErrors(
            expected,
            Validator.ValidateStatus(Manifests.Of(kind), Manifests.Of(kind, $"{{{fields}}}")));

    [Theory]
    [InlineData("'completedIndexes':'0,2-4','failedIndexes':'1'", "")]
    [InlineData("'completedIndexes':'5'",
        "status.completedIndexes: Invalid value: \"5\": error parsing completedIndexes: too large index: \"5\"")]
    [InlineData("'failedIndexes':'1-2-3'", "status.failedIndexes: Invalid value: \"1-2-3\": error parsing "
        + "failedIndexes: the fragment \"1-2-3\" violates the requirement that an index interval can "
        + "have at most two parts separated by '-'")]
    [InlineData("'completedIndexes':'0,2-4','failedIndexes':'1,3'", "status.failedIndexes: Invalid value: \"1,3\": "
        + "failedIndexes and completedIndexes overlap at index: 3")]
    public void Indexes_of_a_job_are_checked(string status, string expected)
    {
        const string spec = "'spec':{'completionMode':'Indexed','completions':5,'backoffLimitPerIndex':1}";
        Manifests.AssertErrors(expected, Validator.ValidateStatus(
            Manifests.Of("Job", $"{{{spec}}}"), Manifests.Of("Job", $"{{{spec},'status':{{{status}}}}}")));
    }

    [Theory]
    [InlineData("Never", 0, "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated "
        + "state")]
    [InlineData("OnFailure", 0, "status.containerStatuses[0].state: Forbidden: may not be transitioned to "
        + "non-terminated state")]
    [InlineData("OnFailure", 1, "")]
    [InlineData("Always", 0, "")]
    public void What_has_ended_for_good_does_not_run_again(string policy, int code, string expected)
    {
        string Patch(string state) => $"{{'spec':{{'restartPolicy':'{policy}'}},'status':{{'containerStatuses':"
            + $"[{{'name':'c','state':{state}}}]}}}}";
        Manifests.AssertErrors(expected, Validator.ValidateStatus(
            Manifests.Of("Pod", Patch($"{{'terminated':{{'exitCode':{code}}}}}")),
            Manifests.Of("Pod", Patch("{'running':{}}"))));
    }
}
