using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Tests.Admission;

public sealed class ServiceAccountAdmissionTests
{
    private const string Containers = "'containers':[{'name':'c','image':'i'}]";

    private const string Robot = "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'robot'},"
        + "'imagePullSecrets':[{'name':'registry'}]}";

    private const string Strict = "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'strict',"
        + "'annotations':{'kubernetes.io/enforce-mountable-secrets':'true'}},'secrets':[{'name':'mine'}],"
        + "'imagePullSecrets':[{'name':'registry'}]}";

    [Fact]
    public void A_pod_of_a_missing_account_is_refused()
    {
        var (pod, refusal) = AdmissionRun.CreatePod($"{{'serviceAccountName':'nosuch',{Containers}}}", Robot);
        Assert.Null(pod);
        Assert.Equal((403, "Forbidden"), (refusal!.Code, refusal.Reason));
        Assert.Equal(
            "pods \"p\" is forbidden: error looking up service account team/nosuch: "
            + "serviceaccount \"nosuch\" not found", refusal.Message);
    }

    [Theory]
    [InlineData("", "default", "")]
    [InlineData("'serviceAccountName':'default',", "default", "")]
    [InlineData("'serviceAccountName':'robot',", "robot", "registry")]
    [InlineData("'serviceAccountName':'robot','imagePullSecrets':[{'name':'own'}],", "robot", "own")]
    public void A_pod_gets_its_account_and_the_accounts_pull_secrets(string fields, string account, string secrets)
    {
        var (pod, refusal) = AdmissionRun.CreatePod($"{{{fields}{Containers}}}", Robot);
        Assert.Null(refusal);
        Assert.Equal((account, account), (pod!.Spec.ServiceAccountName, pod.Spec.ServiceAccount));
        Assert.Equal(secrets, string.Join(' ', pod.Spec.ImagePullSecrets.Select(secret => secret.Name)));
    }

    [Theory]
    [InlineData("'volumes':[{'name':'v','secret':{'secretName':'mine'}}]", "")]
    [InlineData("'volumes':[{'name':'v','secret':{'secretName':'other'}}]",
        "volume with secret.secretName=\"other\" is not allowed because service account strict does not reference that "
        + "secret")]
    [InlineData("'imagePullSecrets':[{'name':'registry'},{'name':'own'}]",
        "imagePullSecrets[1].name=\"own\" is not allowed because service account strict does not reference that "
        + "imagePullSecret")]
    [InlineData("'initContainers':[{'name':'i','image':'i','env':[{'name':'E','valueFrom':{'secretKeyRef':"
        + "{'name':'other','key':'k'}}}]}]",
        "init container i with envVar E referencing secret.secretName=\"other\" is not allowed because service account "
        + "strict does not reference that secret")]
    [InlineData("'initContainers':[{'name':'i','image':'i','envFrom':[{'secretRef':{'name':'mine'}},{'secretRef':"
        + "{'name':'other'}}]}]",
        "init container i with envFrom referencing secret.secretName=\"other\" is not allowed because service account "
        + "strict does not reference that secret")]
    public void A_strict_account_lends_only_its_own_secrets(string fields, string complaint)
    {
        var (_, refusal) = AdmissionRun.CreatePod($"{{'serviceAccountName':'strict',{fields},{Containers}}}", Strict);
        Assert.Equal(complaint.Length == 0 ? null : $"pods \"p\" is forbidden: {complaint}", refusal?.Message);
    }

    [Theory]
    [InlineData("'env':[{'name':'E','valueFrom':{'secretKeyRef':{'name':'mine','key':'k'}}}]", "")]
    [InlineData("'env':[{'name':'E','valueFrom':{'secretKeyRef':{'name':'other','key':'k'}}}]", "envVar E")]
    [InlineData("'envFrom':[{'secretRef':{'name':'other'}}]", "envFrom")]
    public void An_ephemeral_container_gets_no_other_secrets_either(string fields, string what)
    {
        var refusal = AdmissionRun.ChangePod(
            Debugged(""), Debugged($"{{'name':'e','image':'i',{fields}}}"), Subresources.EphemeralContainers,
            Strict.Replace("'strict'", "'default'", StringComparison.Ordinal));
        Assert.Equal(
            what.Length == 0 ? null
                : $"pods \"p\" is forbidden: ephemeral container e with {what} referencing "
                + "secret.secretName=\"other\" is not allowed because service account default does not reference that "
                + "secret",
            refusal?.Message);

        static string Debugged(string list) =>
            "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{"
            + $"{Containers},'ephemeralContainers':[{list}]}}}}";
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("'serviceAccountName':'robot',", "a mirror pod may not reference service accounts")]
    [InlineData("'imagePullSecrets':[{'name':'s'}],", "a mirror pod may not reference secrets")]
    [InlineData("'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'t'}}]}}],",
        "a mirror pod may not use ServiceAccountToken volume projections")]
    public void A_mirror_of_a_static_pod_has_no_account(string fields, string? complaint)
    {
        var (created, refusal) = AdmissionRun.Create(
            "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','annotations':{'kubernetes.io/config.mirror':'h'}},"
            + $"'spec':{{'nodeName':'n',{fields}{Containers}}}}}", Robot);
        Assert.Equal(complaint is null ? null : $"pods \"p\" is forbidden: {complaint}", refusal?.Message);
        Assert.Null((created as Api.Core.Pod)?.Spec.ServiceAccountName);
    }

    [Fact]
    public void An_owner_hears_that_its_pod_is_refused()
    {
        var json = "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','uid':'u','ownerReferences':[{'uid':'o',"
            + "'apiVersion':'apps/v1','kind':'ReplicaSet','name':'rs','controller':true}]},"
            + $"'spec':{{'serviceAccountName':'nosuch',{Containers}}}}}";
        var proposed = AdmissionRun.Read(json);
        var run = new Projections.EntityRun(new Domain.Pods.PodDecider(), EntityKey.Of(proposed));
        run.Send(new Create(proposed));
        var told = Assert.Single(run.Effects.OfType<Effect.Tell>());
        Assert.Equal(new EntityKey("replicasets.apps", "team", "rs"), told.To);
        Assert.Equal(StatusReasons.Forbidden, Assert.IsType<ChildRefused>(told.Message).Status.Reason);
    }
}
