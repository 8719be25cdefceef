using System.Text;
using System.Text.Json;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>
/// The text of containerd's config.toml (version 2: containerd 1.3 and later) and of registries' hosts.toml.
/// </summary>
internal static class ContainerdConfig
{
    /// <param name="restrictOomScoreAdj">
    /// Set where this process may not lower OOM scores (no CAP_SYS_RESOURCE): runc fails at it otherwise.
    /// </param>
    public static string Render(ContainerdSettings settings, bool restrictOomScoreAdj) => $"""
        # Written by the agent at each start; changes made here are lost.
        version = 2
        root = {Quote(settings.RootDirectory)}
        state = {Quote(settings.StateDirectory)}

        [grpc]
          address = {Quote(settings.SocketPath)}

        [debug]
          level = "warn"

        [plugins."io.containerd.internal.v1.opt"]
          path = {Quote(Path.Combine(settings.Directory, "opt"))}

        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = {Quote(settings.SandboxImage)}
          restrict_oom_score_adj = {(restrictOomScoreAdj ? "true" : "false")}
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"

          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = {Quote(settings.Snapshotter)}
            default_runtime_name = "runc"

            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"

              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                SystemdCgroup = false

          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = {Quote(settings.Network.PluginDirectory)}
            conf_dir = {Quote(settings.CniDirectory)}
            max_conf_num = 1

          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = {Quote(settings.RegistryDirectory)}

        """;

    /// <summary>One file per registry, at <c>HOST/hosts.toml</c> (containerd docs/hosts.md).</summary>
    public static string RenderHosts(RegistrySettings registry)
    {
        var text = new StringBuilder("# Written by the agent at each start; changes made here are lost.\n");
        foreach (var endpoint in registry.Endpoints)
        {
            text.Append("[host.").Append(Quote(endpoint)).Append("]\n  capabilities = [\"pull\", \"resolve\"]\n");
            if (registry.SkipTlsVerify)
            {
                text.Append("  skip_verify = true\n");
            }
        }
        return text.ToString();
    }

    /// <summary>A basic TOML string; JSON's escapes are a subset of TOML's.</summary>
    private static string Quote(string value) => JsonSerializer.Serialize(value, TomlString.Options);

    private static class TomlString
    {
        public static readonly JsonSerializerOptions Options = new()
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
    }
}
