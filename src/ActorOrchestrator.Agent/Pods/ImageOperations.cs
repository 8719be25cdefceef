using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Images;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Sees that the image of a container or a volume is on this machine, by its pull policy and with the pod's pull
/// secrets.
/// </summary>
internal sealed class ImageOperations(WorkerPorts ports)
{
    public async Task<PodFact> EnsureAsync(Pod pod, PodContainer container, CancellationToken cancellation)
    {
        var spec = container.Spec;
        return await EnsureAsync(new Order(pod, spec.Image ?? "", spec.ImagePullPolicy, container), cancellation) switch
        {
            { Found: { } image } => new PodFact.ImageReady(container.Name, image),
            var failed => new PodFact.ImageFailed(container.Name, failed.Reason, failed.Message),
        };
    }

    public async Task<PodFact> EnsureAsync(Pod pod, Volume volume, CancellationToken cancellation)
    {
        var source = volume.Image!;
        return await EnsureAsync(new Order(pod, source.Reference ?? "", source.PullPolicy, null), cancellation) switch
        {
            { Found: { } image } => new PodFact.VolumeImageReady(volume.Name, image),
            var failed => new PodFact.VolumeImageFailed(volume.Name, failed.Reason, failed.Message),
        };
    }

    private async Task<Outcome> EnsureAsync(Order order, CancellationToken cancellation)
    {
        var image = order.Image;
        if (ImageReference.Parse(image) is not { } reference)
        {
            var message = $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": "
                + "invalid reference format";
            Warn(order, "InspectFailed", message);
            Warn(order, "Failed", $"Error: {WaitingReasons.InvalidImageName}");
            return new Outcome(null, WaitingReasons.InvalidImageName, message);
        }

        var policy = string.IsNullOrEmpty(order.PullPolicy) ? reference.DefaultPullPolicy : order.PullPolicy;
        var name = reference.ToString();
        var present = policy == "Always" ? null : await ports.Runtime.ImageStatusAsync(name, cancellation);
        if (present is not null)
        {
            Record(order, "Pulled", $"Container image \"{image}\" already present on machine");
            return new Outcome(present);
        }

        if (policy == "Never")
        {
            var message = $"Container image \"{image}\" is not present with pull policy of Never";
            Warn(order, WaitingReasons.ErrImageNeverPull, message);
            Warn(order, "Failed", $"Error: {WaitingReasons.ErrImageNeverPull}");
            return new Outcome(null, WaitingReasons.ErrImageNeverPull, message);
        }

        return await PullAsync(order, reference, cancellation);
    }

    private async Task<Outcome> PullAsync(Order order, ImageReference reference, CancellationToken cancellation)
    {
        var image = order.Image;
        Record(order, "Pulling", $"Pulling image \"{image}\"");
        var asked = ports.Time.GetTimestamp();
        using var place = await ports.Limits.Pulls.EnterAsync(cancellation);
        try
        {
            var began = ports.Time.GetTimestamp();
            await PullWithSecretsAsync(order.Pod, reference, cancellation);
            var found = await ports.Runtime.ImageStatusAsync(reference.ToString(), cancellation)
                ?? throw new ContainerRuntimeException(
                    RuntimeErrorKind.ImageNotFound, $"image \"{image}\" is not there after its pull");
            Record(
                order, "Pulled",
                $"Successfully pulled image \"{image}\" in {Took(began)} ({Took(asked)} including waiting). "
                + $"Image size: {found.SizeBytes} bytes.");
            return new Outcome(found);
        }
        catch (Exception failed) when (failed is ContainerRuntimeException or Config.ContainerConfigException)
        {
            var prefix = $"Failed to pull image \"{image}\": ";
            var problem = failed.Message.StartsWith("Failed to pull image ", StringComparison.Ordinal)
                ? failed.Message
                : prefix + failed.Message;
            problem += await AdviceAsync(reference, failed, cancellation);
            Warn(order, "Failed", problem);
            Warn(order, "Failed", $"Error: {WaitingReasons.ErrImagePull}");
            return new Outcome(null, WaitingReasons.ErrImagePull, problem);
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

    private void Record(Order order, string reason, string message) =>
        ports.Record(order.Pod, new PodEvent(PodEvent.Normal, reason, message, order.Container));

    private void Warn(Order order, string reason, string message) =>
        ports.Record(order.Pod, new PodEvent(PodEvent.Warning, reason, message, order.Container));

    private string Took(long since)
    {
        var took = ports.Time.GetElapsedTime(since);
        return took.TotalSeconds < 1 ? $"{took.TotalMilliseconds:0}ms" : $"{took.TotalSeconds:0.###}s";
    }

    /// <summary>An image that a pod wants; <paramref name="Container"/> is null for one that is a volume.</summary>
    private sealed record Order(Pod Pod, string Image, string? PullPolicy, PodContainer? Container);

    /// <summary>The image, or why it cannot be had: a waiting reason and a sentence.</summary>
    private sealed record Outcome(ImageInfo? Found, string Reason = "", string Message = "");
}
