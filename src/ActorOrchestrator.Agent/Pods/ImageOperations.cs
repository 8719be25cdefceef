using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Images;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Sees that a container's image is on this machine, by its pull policy and with the pod's pull secrets.
/// </summary>
internal sealed class ImageOperations(WorkerPorts ports)
{
    public async Task<PodFact> EnsureAsync(Pod pod, PodContainer container, CancellationToken cancellation)
    {
        var image = container.Spec.Image ?? "";
        if (ImageReference.Parse(image) is not { } reference)
        {
            var message = $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": "
                + "invalid reference format";
            Record(pod, container, "InspectFailed", message);
            Record(pod, container, "Failed", $"Error: {WaitingReasons.InvalidImageName}");
            return new PodFact.ImageFailed(container.Name, WaitingReasons.InvalidImageName, message);
        }

        var policy = string.IsNullOrEmpty(container.Spec.ImagePullPolicy)
            ? reference.DefaultPullPolicy
            : container.Spec.ImagePullPolicy;
        var name = reference.ToString();
        var present = policy == "Always" ? null : await ports.Runtime.ImageStatusAsync(name, cancellation);
        if (present is not null)
        {
            ports.Record(pod, new PodEvent(
                PodEvent.Normal, "Pulled", $"Container image \"{image}\" already present on machine", container));
            return new PodFact.ImageReady(container.Name, present);
        }

        if (policy == "Never")
        {
            var message = $"Container image \"{image}\" is not present with pull policy of Never";
            Record(pod, container, WaitingReasons.ErrImageNeverPull, message);
            Record(pod, container, "Failed", $"Error: {WaitingReasons.ErrImageNeverPull}");
            return new PodFact.ImageFailed(container.Name, WaitingReasons.ErrImageNeverPull, message);
        }

        return await PullAsync(pod, container, reference, cancellation);
    }

    private async Task<PodFact> PullAsync(
        Pod pod, PodContainer container, ImageReference reference, CancellationToken cancellation)
    {
        var image = container.Spec.Image ?? "";
        ports.Record(pod, new PodEvent(PodEvent.Normal, "Pulling", $"Pulling image \"{image}\"", container));
        var asked = ports.Time.GetTimestamp();
        using var place = await ports.Limits.Pulls.EnterAsync(cancellation);
        try
        {
            var began = ports.Time.GetTimestamp();
            await PullWithSecretsAsync(pod, reference, cancellation);
            var found = await ports.Runtime.ImageStatusAsync(reference.ToString(), cancellation)
                ?? throw new ContainerRuntimeException(
                    RuntimeErrorKind.ImageNotFound, $"image \"{image}\" is not there after its pull");
            ports.Record(pod, new PodEvent(
                PodEvent.Normal, "Pulled",
                $"Successfully pulled image \"{image}\" in {Took(began)} ({Took(asked)} including waiting). "
                + $"Image size: {found.SizeBytes} bytes.",
                container));
            return new PodFact.ImageReady(container.Name, found);
        }
        catch (Exception failed) when (failed is ContainerRuntimeException or Config.ContainerConfigException)
        {
            var prefix = $"Failed to pull image \"{image}\": ";
            var problem = failed.Message.StartsWith("Failed to pull image ", StringComparison.Ordinal)
                ? failed.Message
                : prefix + failed.Message;
            problem += await AdviceAsync(reference, failed, cancellation);
            Record(pod, container, "Failed", problem);
            Record(pod, container, "Failed", $"Error: {WaitingReasons.ErrImagePull}");
            return new PodFact.ImageFailed(container.Name, WaitingReasons.ErrImagePull, problem);
        }
    }

    /// <summary>A tag "latest", or none, means that the registry is asked each time: without one, whoever has the image
    /// already needs another policy.</summary>
    private async Task<string> AdviceAsync(ImageReference reference, Exception failed, CancellationToken cancellation)
    {
        if (failed is not ContainerRuntimeException { Kind: RuntimeErrorKind.Unavailable or RuntimeErrorKind.Timeout })
        {
            return "";
        }

        try
        {
            return await ports.Runtime.ImageStatusAsync(reference.ToString(), cancellation) is null
                ? ""
                : " (the image is present on this machine, and is used without its registry when imagePullPolicy is "
                    + "IfNotPresent)";
        }
        catch (ContainerRuntimeException)
        {
            // It is the runtime that cannot be reached, as was said.
            return "";
        }
    }

    /// <summary>With each password that fits the image, in turn; without any when none fits.</summary>
    private async Task PullWithSecretsAsync(Pod pod, ImageReference reference, CancellationToken cancellation)
    {
        var secrets = new List<Secret>();
        foreach (var named in pod.Spec.ImagePullSecrets)
        {
            if (await ports.Cluster.GetAsync<Secret>(
                pod.Metadata.Namespace ?? "", named.Name ?? "", cancellation) is { } secret)
            {
                secrets.Add(secret);
            }
            else
            {
                ports.Record(pod, new PodEvent(
                    PodEvent.Warning, "FailedToRetrieveImagePullSecret",
                    $"Unable to retrieve some image pull secrets ({named.Name}); "
                    + "attempting to pull the image may not succeed."));
            }
        }

        var offers = PullSecrets.For(reference, secrets);
        for (var i = 0; ; i++)
        {
            try
            {
                await ports.Runtime.PullImageAsync(
                    reference.ToString(), i < offers.Count ? offers[i] : null, cancellation);
                return;
            }
            catch (ContainerRuntimeException) when (i + 1 < offers.Count)
            {
                // The next password may be the right one; only the last failure is told.
            }
        }
    }

    private void Record(Pod pod, PodContainer container, string reason, string message) =>
        ports.Record(pod, new PodEvent(PodEvent.Warning, reason, message, container));

    private string Took(long since)
    {
        var took = ports.Time.GetElapsedTime(since);
        return took.TotalSeconds < 1 ? $"{took.TotalMilliseconds:0}ms" : $"{took.TotalSeconds:0.###}s";
    }
}
