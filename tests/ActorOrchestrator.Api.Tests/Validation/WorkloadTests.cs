using System.Text;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class WorkloadTests
{
    public static TheoryData<string> Kinds => [.. Manifests.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_good_object_has_no_errors_new_or_unchanged(string kind)
    {
        Manifests.AssertErrors("", Validator.Validate(Manifests.Of(kind)));
        Manifests.AssertErrors("", Validator.ValidateUpdate(Manifests.Of(kind), Manifests.Of(kind)));
    }

    [Theory]
    [InlineData("{'replicas':-1}", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'selector':null}",
        "spec.selector: Required value\nspec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does "
        + "not match template `labels`")]
    [InlineData("{'selector':{'matchLabels':null}}",
        "spec.selector: Invalid value: {}: empty selector is invalid for deployment")]
    [InlineData("{'selector':{'matchLabels':{'app':'y'}}}", "spec.template.metadata.labels: Invalid value: "
        + "{\"app\":\"x\"}: `selector` does not match template `labels`")]
    [InlineData("{'selector':{'matchExpressions':[{'key':'a','operator':'In'}]}}",
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
        + "'NotIn'\nspec.selector: Invalid value: {\"matchLabels\":{\"app\":\"x\"},\"matchExpressions\":"
        + "[{\"key\":\"a\",\"operator\":\"In\"}]}: invalid label selector")]
    [InlineData("{'template':{'spec':{'restartPolicy':'Never'}}}",
        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [InlineData("{'template':{'spec':{'activeDeadlineSeconds':5}}}",
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported")]
    [InlineData("{'template':{'spec':{'containers':null}}}", "spec.template.spec.containers: Required value")]
    [InlineData("{'template':{'spec':{'resources':{'limits':{'cpu':'2'}},'containers':[{'name':'c','image':'i',"
        + "'imagePullPolicy':'Always','terminationMessagePolicy':'File','resources':{'requests':{'cpu':'1'}}}]}}}", "")]
    [InlineData("{'strategy':{'type':'Blue'}}",
        "spec.strategy.type: Unsupported value: \"Blue\": supported values: \"Recreate\", \"RollingUpdate\"")]
    [InlineData("{'strategy':{'type':'Recreate'}}",
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")]
    [InlineData("{'strategy':{'rollingUpdate':{'maxSurge':0,'maxUnavailable':0}}}",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0")]
    [InlineData("{'strategy':{'rollingUpdate':{'maxSurge':'0%','maxUnavailable':'0%'}}}",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0")]
    [InlineData("{'strategy':{'rollingUpdate':{'maxUnavailable':'101%'}}}",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [InlineData("{'strategy':{'rollingUpdate':{'maxSurge':'300%','maxUnavailable':1}}}", "")]
    [InlineData("{'strategy':{'rollingUpdate':{'maxSurge':'a lot'}}}",
        "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"a lot\": a valid percent string must be a numeric "
        + "string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")]
    [InlineData("{'strategy':{'rollingUpdate':{'maxSurge':-1}}}", "spec.strategy.rollingUpdate.maxSurge: Invalid "
        + "value: -1: must be greater than or equal to 0")]
    [InlineData("{'progressDeadlineSeconds':5,'minReadySeconds':5}",
        "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds")]
    public void A_deployment_is_checked(string spec, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("Deployment", $"{{'spec':{spec}}}")));

    [Theory]
    [InlineData("{}", "")]
    [InlineData("{'replicas':-1,'minReadySeconds':-1}",
        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0\n"
        + "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'selector':null}", "spec.selector: Required value")]
    [InlineData("{'selector':{'app':'y'}}", "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: "
        + "`selector` does not match template `labels`")]
    [InlineData("{'template':null}", "spec.template: Required value")]
    [InlineData("{'template':{'spec':{'restartPolicy':'Never'}}}",
        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [InlineData("{'template':{'spec':{'activeDeadlineSeconds':5}}}",
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not "
        + "Supported")]
    public void A_replication_controller_is_checked(string spec, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("ReplicationController", $"{{'spec':{spec}}}")));

    /// <summary>Other than that of a ReplicaSet.</summary>
    [Fact]
    public void The_selector_of_a_replication_controller_may_change() => Manifests.AssertErrors("",
        Validator.ValidateUpdate(
            Manifests.Of("ReplicationController"),
            Manifests.Of(
                "ReplicationController",
                "{'spec':{'selector':{'app':'y'},'template':{'metadata':{'labels':{'app':'y'}}}}}")));

    [Fact]
    public void A_deployment_without_name_selector_and_labels_is_told_all_of_them()
    {
        const string Manifest =
            """
            {
              "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "namespace": "default" },
              "spec": {
                "replicas": 3, "revisionHistoryLimit": 10,
                "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } },
                "template": { "spec": {
                  "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
                  "containers": [{
                    "name": "nginx", "image": "nginx:1.25.3",
                    "imagePullPolicy": "IfNotPresent", "terminationMessagePolicy": "File"
                  }]
                } }
              }
            }
            """;
        var errors = Validator.Validate(KubeJson.ReadObject(Encoding.UTF8.GetBytes(Manifest)));
        var status = errors.ToStatus(KindRegistry.Of<Apps.Deployment>(), "");

        Assert.Equal(
            "Deployment.apps \"\" is invalid: [metadata.name: Required value: name or generateName is required, "
            + "spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not "
            + "match template `labels`]", status.Message);
        Assert.Equal((422, "Invalid", "Failure"), (status.Code, status.Reason, status.Result));
        Assert.Equal(("apps", "Deployment", ""), (status.Details!.Group, status.Details.Kind, status.Details.Name));
        Assert.Equal(
            [
                ("metadata.name", "FieldValueRequired", "Required value: name or generateName is required"),
                ("spec.selector", "FieldValueRequired", "Required value"),
                ("spec.template.metadata.labels", "FieldValueInvalid",
                    "Invalid value: null: `selector` does not match template `labels`"),
            ],
            status.Details.Causes.Select(cause => (cause.Field, cause.Reason, cause.Message)));
    }

    [Fact]
    public void One_error_stands_without_brackets_and_equal_ones_are_named_once()
    {
        var errors = new FieldErrors();
        errors.Required(FieldPath.Root("a"));
        errors.Required(FieldPath.Root("a"));
        var status = errors.ToStatus(KindRegistry.Of<Core.Pod>(), "p");

        Assert.Equal("Pod \"p\" is invalid: a: Required value", status.Message);
        Assert.Equal(2, status.Details!.Causes.Count);
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("ReplicaSet")]
    [InlineData("DaemonSet")]
    public void A_selector_may_not_change(string kind)
    {
        const string Other = "{'matchLabels':{'app':'y'}}";
        var changed = Manifests.Of(
            kind, $"{{'spec':{{'selector':{Other},'template':{{'metadata':{{'labels':{{'app':'y'}}}}}}}}}}");
        Manifests.AssertErrors("spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"y\"}}: field is immutable",
            Validator.ValidateUpdate(Manifests.Of(kind), changed));
    }

    [Theory]
    [InlineData("{'replicas':5,'minReadySeconds':3,'template':{'spec':{'hostNetwork':true}}}", "")]
    [InlineData("{'serviceName':'y'}", "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
        + "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' "
        + "and 'minReadySeconds' are forbidden")]
    public void Little_of_a_stateful_set_may_change(string spec, string expected) => Manifests.AssertErrors(
        expected,
        Validator.ValidateUpdate(Manifests.Of("StatefulSet"), Manifests.Of("StatefulSet", $"{{'spec':{spec}}}")));

    [Theory]
    [InlineData("{'whenDeleted':'Delete','whenScaled':'Retain'}", "")]
    [InlineData("{'whenDeleted':'','whenScaled':'Never'}",
        "spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: \"Never\": supported values: "
        + "\"Retain\", \"Delete\"")]
    public void Claims_of_a_stateful_set_are_kept_or_deleted(string policy, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Defaults.Apply(
            Manifests.Of("StatefulSet", $"{{'spec':{{'persistentVolumeClaimRetentionPolicy':{policy}}}}}"))));

    [Theory]
    [InlineData("data", "")]
    [InlineData("other", "spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"other\"")]
    public void Pods_of_a_stateful_set_mount_its_claims(string volume, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("StatefulSet",
            "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'i','imagePullPolicy':'Always',"
            + "'terminationMessagePolicy':'File','volumeMounts':[{'name':'" + volume + "','mountPath':'/d'}]}]}},"
            + "'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':['ReadWriteOnce'],"
            + "'resources':{'requests':{'storage':'1Gi'}}}}]}}")));

    /// <summary>Kubernetes takes it, and fails to make any pod.</summary>
    [Fact]
    public void A_claim_of_a_stateful_set_is_named_as_a_volume() => Manifests.AssertErrors(
        $"spec.volumeClaimTemplates[0].metadata.name: Invalid value: \"A_b\": {NameRules.Label("A_b")[0]}",
        Validator.Validate(Manifests.Of("StatefulSet", "{'spec':{'volumeClaimTemplates':[{'metadata':{'name':'A_b'},"
            + "'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]}}")));

    [Theory]
    [InlineData("-1", "")]
    [InlineData("2", "")]
    public void A_stateful_set_may_keep_all_of_its_revisions(string limit, string expected) => Manifests.AssertErrors(
        expected,
        Validator.Validate(Manifests.Of("StatefulSet", $"{{'spec':{{'revisionHistoryLimit':{limit}}}}}")));

    /// <summary>Kubernetes takes it, and fails to make any pod.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("{'name':''}")]
    public void A_claim_of_a_stateful_set_has_a_name(string metadata) => Manifests.AssertErrors(
        "spec.volumeClaimTemplates[0].metadata.name: Required value", Validator.Validate(Manifests.Of("StatefulSet",
            "{'spec':{'volumeClaimTemplates':[{'metadata':" + metadata
            + ",'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]}}")));

    [Theory]
    [InlineData("2", "")]
    [InlineData("'100%'", "")]
    [InlineData("0", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0")]
    [InlineData("'0%'", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": cannot be 0")]
    [InlineData("-1", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or "
        + "equal to 0")]
    [InlineData("'101%'", "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be "
        + "greater than 100%")]
    public void An_update_of_a_stateful_set_has_bounds(string unavailable, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(Manifests.Of("StatefulSet",
            $"{{'spec':{{'updateStrategy':{{'rollingUpdate':{{'maxUnavailable':{unavailable}}}}}}}}}")));

    [Theory]
    [InlineData("{'maxSurge':1,'maxUnavailable':1}",
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero")]
    [InlineData("{'maxSurge':0,'maxUnavailable':0}",
        "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0")]
    [InlineData("{'maxSurge':1,'maxUnavailable':0}", "")]
    public void A_daemon_set_exceeds_or_lacks_but_not_both(string bounds, string expected) => Manifests.AssertErrors(
        expected, Validator.Validate(
            Manifests.Of("DaemonSet", $"{{'spec':{{'updateStrategy':{{'rollingUpdate':{bounds}}}}}}}")));

    [Theory]
    [InlineData("{'data':null}", "data: Required value: data is mandatory")]
    [InlineData("{'revision':-1}", "revision: Invalid value: -1: must be greater than or equal to 0")]
    public void A_revision_has_data_and_a_number(string patch, string expected) =>
        Manifests.AssertErrors(expected, Validator.Validate(Manifests.Of("ControllerRevision", patch)));

    [Theory]
    [InlineData("{'revision':2}", "")]
    [InlineData("{'data':{'spec':null}}", "data: Invalid value: {}: field is immutable")]
    public void The_data_of_a_revision_never_change(string patch, string expected) => Manifests.AssertErrors(
        expected,
        Validator.ValidateUpdate(Manifests.Of("ControllerRevision"), Manifests.Of("ControllerRevision", patch)));
}
