using System.Text;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>The workloads that tests use; fields that matter to a test are given by it.</summary>
internal static class Manifests
{
    /// <summary>The seconds that pods have to end. Those that are to end by themselves get more: on a busy machine a
    /// shell hears of a signal late.</summary>
    public const int Grace = 2;

    /// <param name="container">More fields of the container, as YAML without indentation.</param>
    /// <param name="spec">More fields of the Deployment's spec.</param>
    public static string Deployment(
        string name, int replicas, string image = "nginx:1.25", string container = "", string spec = "") =>
        $"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {name}
        spec:
          replicas: {replicas}
        {Indented(spec, 2)}  selector:
            matchLabels:
              app: {name}
          template:
            metadata:
              labels:
                app: {name}
            spec:
              terminationGracePeriodSeconds: {Grace}
              containers:
              - name: main
                image: {image}
        {Indented(container, 8)}
        """;

    /// <summary>A pod of one busybox container that runs a shell script.</summary>
    public static string Pod(
        string name, string script, string container = "", string spec = "", int grace = Grace) =>
        $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
          labels:
            app: {name}
        spec:
          terminationGracePeriodSeconds: {grace}
        {Indented(spec, 2)}  containers:
          - name: main
            image: busybox:1.35
            command: [sh, -c, '{script}']
        {Indented(container, 4)}
        """;

    /// <summary>A Job of pods of one busybox container that runs a shell script.</summary>
    /// <param name="spec">More fields of the Job's spec, as YAML without indentation.</param>
    /// <param name="pod">More fields of the pods' spec.</param>
    public static string Job(string name, string script, string spec = "", string pod = "") =>
        $"""
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {name}
        spec:
        {Indented(spec, 2)}  template:
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: {Grace}
        {Indented(pod, 6)}      containers:
              - name: main
                image: busybox:1.35
                command: [sh, -c, '{script}']

        """;

    public static string ConfigMap(string name, params (string Key, string Value)[] data) =>
        $"""
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {name}
        data:
        {string.Join('\n', data.Select(each => $"  {each.Key}: \"{each.Value}\""))}
        """;

    private static string Indented(string yaml, int columns)
    {
        var text = new StringBuilder();
        foreach (var line in yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(' ', columns).Append(line).Append('\n');
        }

        return text.ToString();
    }
}
