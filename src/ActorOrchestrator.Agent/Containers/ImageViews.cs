namespace ActorOrchestrator.Agent.Containers;

/// <summary>
/// Who mounts an image's files into containers: nobody; the runtime, which is told of the image
/// (<see cref="MountConfig.Image"/>); or the agent, which mounts what the runtime gives it to read.
/// </summary>
public enum ImageMounter { Nobody, Runtime, Agent }

/// <summary>An image that a container mounts.</summary>
/// <param name="Id">The runtime's id of it (<c>sha256:…</c>).</param>
/// <param name="SubPath">The directory of the image; empty: its root.</param>
public sealed record MountedImage(string Id, string SubPath);

/// <summary>The view that a pod's volume has of an image.</summary>
/// <param name="PodUid">Whose volume it is.</param>
/// <param name="Volume">Its name.</param>
/// <param name="ImageId">The runtime's id of the image (<c>sha256:…</c>).</param>
public sealed record ImageView(string PodUid, string Volume, string ImageId);

/// <summary>A file system to be mounted, in the words of mount(8).</summary>
/// <param name="Type">Such as <c>overlay</c> or <c>bind</c>.</param>
/// <param name="Source">A path, or any word where the type needs none.</param>
/// <param name="Options">Such as <c>ro</c> or <c>lowerdir=/a:/b</c>.</param>
public sealed record ViewMount(string Type, string Source, IReadOnlyList<string> Options);
