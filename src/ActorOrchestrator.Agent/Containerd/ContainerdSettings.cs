using ActorOrchestrator.Agent.Network;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>What the agent's own containerd needs to know. Everything it keeps is below one directory.</summary>
public sealed record ContainerdSettings
{
    internal const string CniName = "cni";

    /// <summary>Absolute; holds config.toml, root, state, the socket, CNI configuration and the log.</summary>
    public required string Directory { get; init; }

    /// <summary>The image of the sandbox container, which holds a pod's namespaces.</summary>
    public required string SandboxImage { get; init; }

    public required CniNetwork Network { get; init; }

    /// <summary>Where the directories of the pods are whose control groups go with the containers; null: there are
    /// none.</summary>
    public string? PodsDirectory { get; init; }

    /// <summary>A name on the PATH, or an absolute path.</summary>
    public string Executable { get; init; } = "containerd";

    public string Snapshotter { get; init; } = "overlayfs";

    /// <summary>
    /// Registries that need more than "https, by its own name"; loopback ones are plain HTTP unasked.
    /// </summary>
    public IReadOnlyList<RegistrySettings> Registries { get; init; } = [];

    /// <summary>How long a start may take until the socket answers; a big store takes seconds to open.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public string ConfigPath => Path.Combine(Directory, "config.toml");
    public string RootDirectory => Path.Combine(Directory, "root");
    public string StateDirectory => Path.Combine(Directory, "state");
    public string SocketPath => Path.Combine(Directory, "containerd.sock");
    public string LogPath => Path.Combine(Directory, "containerd.log");
    public string CniDirectory => Path.Combine(Directory, CniName);
    public string RegistryDirectory => Path.Combine(Directory, "registries");
}

/// <param name="Host">As it stands in image names: <c>registry.example:5000</c>.</param>
/// <param name="Endpoints">Where to pull from, in order, with scheme: <c>http://10.0.0.7:5000</c>.</param>
/// <param name="SkipTlsVerify">Accept any certificate.</param>
public sealed record RegistrySettings(string Host, IReadOnlyList<string> Endpoints, bool SkipTlsVerify = false);
