using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Namespaces;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>
/// Kubernetes' plugin ServiceAccount: a pod has an account, <c>default</c> if it names none, and gets its pull secrets
/// if it has none of its own. The account must exist; only <c>default</c> is not waited for, as every namespace is sure
/// to have it soon (<see cref="NamespaceDefaults"/>). Tokens are not issued, so none is mounted. Mirrors of static pods
/// have no account.
/// </summary>
internal sealed class ServiceAccountAdmission : IAdmissionStep
{
    private const string EnforceAnnotation = "kubernetes.io/enforce-mountable-secrets";

    public bool Handles(in AdmissionContext context) =>
        context.Current is null || context.Subresource == Subresources.EphemeralContainers;

    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        if (proposed is not Pod pod)
        {
            return new Admission(proposed);
        }

        if (StaticPods.IsMirror(pod))
        {
            return new Admission(pod, MirrorRefusal(pod.Spec));
        }

        var name = string.IsNullOrEmpty(pod.Spec.ServiceAccountName)
            ? NamespaceDefaults.ServiceAccountName
            : pod.Spec.ServiceAccountName;
        var account = context.Namespace.Accounts.GetValueOrDefault(name);
        if (account is null && name != NamespaceDefaults.ServiceAccountName)
        {
            return new Admission(pod, $"error looking up service account {context.Self.Namespace}/{name}: "
                + Statuses.NotFound("serviceaccount", name).Message);
        }

        var isEnforced =
            account?.Metadata.Annotations.GetValueOrDefault(EnforceAnnotation) is "true" or "True" or "TRUE" or "1";
        if (context.Current is not null)
        {
            var added = pod.Spec.EphemeralContainers.Select(each => ("ephemeral container", each.AsContainer()));
            return new Admission(pod, isEnforced ? Unreferenced(added, account!) : null);
        }

        if (isEnforced && Unreferenced(pod.Spec, account!) is { } complaint)
        {
            return new Admission(pod, complaint);
        }

        return new Admission(pod with
        {
            Spec = pod.Spec with
            {
                ServiceAccountName = name,
                ServiceAccount = name,
                ImagePullSecrets = pod.Spec.ImagePullSecrets.Count > 0 || account is null
                    ? pod.Spec.ImagePullSecrets
                    : account.ImagePullSecrets,
            },
        });
    }

    /// <summary>A mirror shows what runs already, and so gets nothing.</summary>
    private static string? MirrorRefusal(PodSpec spec) =>
        StaticPods.References(spec).Select(resource => resource switch
        {
            StaticPods.ServiceAccounts => "a mirror pod may not reference service accounts",
            StaticPods.Secrets => "a mirror pod may not reference secrets",
            StaticPods.ServiceAccountTokens => "a mirror pod may not use ServiceAccountToken volume projections",
            _ => null,
        }).FirstOrDefault(refusal => refusal is not null);

    /// <summary>A secret that the variables of a container use and the account does not list.</summary>
    private static string? Unreferenced(IEnumerable<(string, Container)> containers, ServiceAccount account)
    {
        foreach (var (title, container) in containers)
        {
            var variables = container.Env.Select(each => ($"envVar {each.Name}", each.ValueFrom?.SecretKeyRef?.Name))
                .Concat(container.EnvFrom.Select(each => ("envFrom", each.SecretRef?.Name)));
            foreach (var (what, secret) in variables)
            {
                if (secret is not null && account.Secrets.All(listed => listed.Name != secret))
                {
                    return $"{title} {container.Name} with {what} referencing secret.secretName=\"{secret}\" is not "
                        + $"allowed because service account {account.Metadata.Name} does not reference that secret";
                }
            }
        }

        return null;
    }

    /// <summary>A secret that the pod uses and the account does not list.</summary>
    private static string? Unreferenced(PodSpec spec, ServiceAccount account)
    {
        var (secrets, name) = (account.Secrets, account.Metadata.Name);
        foreach (var secret in spec.Volumes.Select(volume => volume.Secret?.SecretName).OfType<string>())
        {
            if (secrets.All(listed => listed.Name != secret))
            {
                return $"volume with secret.secretName=\"{secret}\" is not allowed because service account {name} "
                    + "does not reference that secret";
            }
        }

        var containers = spec.InitContainers.Select(each => ("init container", each))
            .Concat(spec.Containers.Select(each => ("container", each)));
        if (Unreferenced(containers, account) is { } complaint)
        {
            return complaint;
        }

        for (var i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            var secret = spec.ImagePullSecrets[i].Name;
            if (account.ImagePullSecrets.All(listed => listed.Name != secret))
            {
                return $"imagePullSecrets[{i}].name=\"{secret}\" is not allowed because service account {name} does "
                    + "not reference that imagePullSecret";
            }
        }

        return null;
    }
}
