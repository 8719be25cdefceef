using System.Text.Json;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>
/// For images as volumes, where CRI does not mount them: read-only snapshots of containerd's on top of what it has
/// unpacked. A label keeps each, and with it all that it stands on, from containerd's garbage collector.
/// </summary>
public sealed partial class CriRuntime
{
    /// <summary>containerd's: an object that has it is kept, and its value says since when.</summary>
    private const string KeptLabel = "containerd.io/gc.root";

    /// <summary>Of the directory of a snapshotter, which CRI tells as the images' one.</summary>
    private const string SnapshotterPlugin = "io.containerd.snapshotter.v1.";

    public async Task<ImageMounter> ImageMounterAsync(CancellationToken cancellation) =>
        (await AbilitiesAsync(cancellation)).Mounter;

    public async Task<IReadOnlyList<ViewMount>> ViewImageAsync(ImageView view, CancellationToken cancellation)
    {
        var snapshotter = await SnapshotterAsync(cancellation);
        var request = new ViewSnapshotRequest
        {
            Snapshotter = snapshotter,
            Key = $"actor-orchestrator/{view.PodUid}/{view.Volume}",
            Parent = await TopLayerAsync(view.ImageId, cancellation),
        };
        request.Labels[KeptLabel] = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        request.Labels[RuntimeLabels.Owner] = _options.Owner;
        request.Labels[RuntimeLabels.PodUid] = view.PodUid;
        var snapshots = _channel.ContainerdSnapshots(CallTimeout);
        try
        {
            var made = await snapshots.ViewAsync(
                request, RuntimeChannel.InNamespace(), cancellationToken: cancellation);
            return ToRecords(made.Mounts);
        }
        catch (RpcException known) when (known.StatusCode == StatusCode.AlreadyExists)
        {
            var found = await CallAsync(snapshots.MountsAsync(
                new MountsRequest { Snapshotter = snapshotter, Key = request.Key }, RuntimeChannel.InNamespace(),
                cancellationToken: cancellation));
            return ToRecords(found.Mounts);
        }
        catch (RpcException failure)
        {
            throw CallErrors.Runtime(failure);
        }
    }

    public async Task RemoveImageViewsAsync(string? podUid, CancellationToken cancellation)
    {
        if (await ImageMounterAsync(cancellation) != ImageMounter.Agent)
        {
            return;
        }

        var snapshotter = await SnapshotterAsync(cancellation);
        foreach (var key in await ViewsAsync(snapshotter, podUid, cancellation))
        {
            await CallUnlessGoneAsync(_channel.ContainerdSnapshots(CallTimeout).RemoveAsync(
                new RemoveSnapshotRequest { Snapshotter = snapshotter, Key = key }, RuntimeChannel.InNamespace(),
                cancellationToken: cancellation));
        }
    }

    private async Task<RuntimeAbilities> AbilitiesAsync(CancellationToken cancellation) =>
        RuntimeAbilities.Of(await VersionAsync(cancellation));

    private async Task<IReadOnlyList<string>> ViewsAsync(
        string snapshotter, string? podUid, CancellationToken cancellation)
    {
        var filter = Labelled(RuntimeLabels.Owner, _options.Owner)
            + (podUid is null ? "" : "," + Labelled(RuntimeLabels.PodUid, podUid));
        var request = new ListSnapshotsRequest { Snapshotter = snapshotter, Filters = { filter } };
        using var bound = new CancellationTokenSource(QueryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellation);
        var keys = new List<string>();
        try
        {
            using var call = _channel.ContainerdSnapshots(QueryTimeout).List(
                request, RuntimeChannel.InNamespace(), cancellationToken: either.Token);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                keys.AddRange(call.ResponseStream.Current.Info.Select(each => each.Name));
            }
        }
        catch (RpcException failure)
        {
            throw CallErrors.Runtime(failure);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Timeout, $"the list of snapshots took longer than {QueryTimeout.TotalSeconds} s");
        }

        return keys;
    }

    private static string Labelled(string label, string value) => $"labels.\"{label}\"==\"{value}\"";

    /// <summary>Where CRI unpacks images, by the name of the directory: <c>overlayfs</c> mostly.</summary>
    private async Task<string> SnapshotterAsync(CancellationToken cancellation)
    {
        var directory = Path.GetFileName(Path.TrimEndingDirectorySeparator(
            await ImageDirectoryAsync(cancellation) ?? ""));
        return directory.StartsWith(SnapshotterPlugin, StringComparison.Ordinal)
            ? directory[SnapshotterPlugin.Length..]
            : throw new ContainerRuntimeException(
                RuntimeErrorKind.Other, $"the container runtime does not say where it unpacks images: \"{directory}\"");
    }

    /// <summary>The snapshot with all files of an image (OCI image-spec, ChainID).</summary>
    private async Task<string> TopLayerAsync(string image, CancellationToken cancellation)
    {
        var answer = await CallAsync(Images(QueryTimeout).ImageStatusAsync(
            new ImageStatusRequest { Image = new ImageSpec { Image = image }, Verbose = true },
            cancellationToken: cancellation));
        if (answer.Image is null)
        {
            throw new ContainerRuntimeException(RuntimeErrorKind.ImageNotFound, $"image \"{image}\" is gone");
        }

        if (answer.Info.TryGetValue("info", out var text))
        {
            using var info = JsonDocument.Parse(text);
            if (info.RootElement.TryGetProperty("chainID", out var chain) && chain.GetString() is { Length: > 0 } top)
            {
                return top;
            }
        }

        throw new ContainerRuntimeException(
            RuntimeErrorKind.Other, $"the container runtime does not say what image \"{image}\" consists of");
    }

    private static List<ViewMount> ToRecords(IEnumerable<Protocol.Containerd.Mount> mounts) =>
        [.. mounts.Select(mount => new ViewMount(mount.Type, mount.Source, [.. mount.Options]))];
}
