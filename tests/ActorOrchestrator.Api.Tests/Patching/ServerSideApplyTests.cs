using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests.Patching;

public sealed class ServerSideApplyTests
{
    private const string Web = "{'metadata':{'name':'web'},'spec':{'replicas':3,'selector':{'matchLabels':{'a':'b'}},"
        + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'1',"
        + "'ports':[{'containerPort':80}]}]}}}}";

    private static ManagedObject Deployment => new("apps/v1", "Deployment");

    private static ManagedObject ConfigMap => new("v1", "ConfigMap");

    [Fact]
    public void An_apply_of_a_new_object_creates_it_and_owns_what_it_says() =>
        Deployment.Apply("me", Web).AssertOwners(
            "me Apply 01 {'f:spec':{'f:replicas':{},'f:selector':{},'f:template':{'f:metadata':{'f:labels':{'f:a':{}}},"
            + "'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:image':{},'f:name':{},'f:ports':"
            + "{'k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':{'.':{},'f:containerPort':{}}}}}}}}}");

    [Fact]
    public void A_secrets_texts_are_applied_as_the_data_that_they_become()
    {
        const string Secret = "{'metadata':{'name':'s'},'data':{'a':'MQ=='},'stringData':{'b':'2','a':'3'}}";
        var secret = new ManagedObject("v1", "Secret").Apply("me", Secret);
        secret.AssertPart("data", "{'a':'Mw==','b':'Mg=='}");
        secret.AssertOwners("me Apply 01 {'f:data':{'f:a':{},'f:b':{}}}");
        secret.Apply("other", Secret);
    }

    [Fact]
    public void A_written_object_equals_itself_read_back()
    {
        var live = Deployment.Apply("me", Web).Update("you", "{'spec':{'paused':true}}").Live!;
        Assert.Equal(live, KubeJson.ReadObject(KubeJson.Encode(live)));
    }

    [Fact]
    public void The_same_apply_again_changes_nothing_not_even_a_time()
    {
        var once = Deployment.Apply("me", Web);
        var before = once.Live;
        Assert.Equal(before, once.Apply("me", Web).Live);
    }

    [Fact]
    public void A_field_that_another_manager_set_is_a_conflict()
    {
        var deployment = Deployment.Update("kubectl-client-side-apply", Web);
        var before = deployment.Live;
        var failure = JsonText.AssertRefused(
            deployment.TryApply("me", "{'metadata':{'name':'web'},'spec':{'replicas':5}}"));

        Assert.Equal((409, "Conflict"), (failure.Code, failure.Reason));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: "
            + ".spec.replicas", failure.Message);
        var cause = Assert.Single(failure.Causes);
        Assert.Equal(("FieldManagerConflict", "conflict with \"kubectl-client-side-apply\" using apps/v1",
            ".spec.replicas"), (cause.Reason, cause.Message, cause.Field));
        Assert.Same(before, deployment.Live);
    }

    [Fact]
    public void Several_conflicts_are_listed_by_manager()
    {
        var deployment = Deployment.Update("creator", Web).Apply(
            "scaler", "{'metadata':{'name':'web'},'spec':{'replicas':4}}", force: true);
        var failure = JsonText.AssertRefused(deployment.TryApply("me", Web.Replace("'1'", "'2'")));

        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"creator\" using apps/v1:\n"
            + "- .spec.template.spec.containers[name=\"c\"].image\nconflicts with \"scaler\":\n- .spec.replicas",
            failure.Message);
        Assert.Equal(2, failure.Causes.Count);
    }

    [Fact]
    public void Force_takes_the_field_from_the_other_manager()
    {
        var map = ConfigMap.Apply("a", "{'metadata':{'name':'m'},'data':{'x':'1','y':'1'}}")
            .Apply("b", "{'metadata':{'name':'m'},'data':{'x':'2'}}", force: true);

        map.AssertPart("data", "{'x':'2','y':'1'}");
        map.AssertOwners("a Apply 01 {'f:data':{'f:y':{}}}", "b Apply 02 {'f:data':{'f:x':{}}}");
    }

    [Fact]
    public void What_is_no_longer_applied_goes_unless_another_manager_has_it_too()
    {
        var map = ConfigMap.Apply("a", "{'metadata':{'name':'m'},'data':{'x':'1','y':'1','z':'1'}}")
            .Apply("b", "{'metadata':{'name':'m'},'data':{'y':'1'}}")
            .Apply("a", "{'metadata':{'name':'m'},'data':{'z':'1'}}");

        map.AssertPart("data", "{'y':'1','z':'1'}");
        map.AssertOwners("b Apply 02 {'f:data':{'f:y':{}}}", "a Apply 03 {'f:data':{'f:z':{}}}");
        map.Apply("b", "{'metadata':{'name':'m'}}").AssertPart("data", "{'z':'1'}");
        map.AssertOwners("a Apply 03 {'f:data':{'f:z':{}}}");
    }

    [Fact]
    public void What_nobody_applied_stays()
    {
        var map = ConfigMap.Apply("a", "{'metadata':{'name':'m','labels':{'l':'1'}},'data':{'x':'1'}}")
            .Update("b", "{'data':{'y':'1'},'metadata':{'labels':{'k':'1'},'annotations':{'n':'1'}}}")
            .Apply("a", "{'metadata':{'name':'m'}}");

        map.AssertPart("data", "{'y':'1'}");
        Assert.Equal("m", map.Live!.Metadata.Name);
        Assert.Equal(["k"], map.Live.Metadata.Labels.Keys);
        Assert.Equal(["n"], map.Live.Metadata.Annotations.Keys);
    }

    [Fact]
    public void The_last_label_goes_without_taking_the_name()
    {
        var map = ConfigMap.Apply("a", "{'metadata':{'name':'m','labels':{'l':'1'}},'data':{'x':'1'}}")
            .Apply("a", "{'metadata':{'name':'m'},'data':{'x':'1'}}");

        Assert.Equal("m", map.Live!.Metadata.Name);
        Assert.Empty(map.Live.Metadata.Labels);
    }

    [Fact]
    public void Equal_values_are_owned_by_all_and_no_conflict()
    {
        var map = ConfigMap.Apply("a", "{'metadata':{'name':'m'},'data':{'x':'1'}}")
            .Apply("b", "{'metadata':{'name':'m'},'data':{'x':'1'}}");

        map.AssertOwners("a Apply 01 {'f:data':{'f:x':{}}}", "b Apply 02 {'f:data':{'f:x':{}}}");
        var failure = JsonText.AssertRefused(map.TryApply("a", "{'metadata':{'name':'m'},'data':{'x':'2'}}"));
        Assert.Contains("conflict with \"b\": .data.x", failure.Message);
    }

    [Fact]
    public void List_elements_are_owned_by_key()
    {
        var deployment = Deployment.Apply("me", Web).Apply("sidecars",
            "{'metadata':{'name':'web'},'spec':{'template':{'spec':{'containers':[{'name':'s','image':'9'}]}}}}");
        Assert.Equal(["c", "s"], Containers(deployment));

        deployment.Apply("me", Web.Replace("'name':'c','image':'1'", "'name':'d','image':'1'"));
        Assert.Equal(["d", "s"], Containers(deployment).Order());
        deployment.Apply("sidecars", "{'metadata':{'name':'web'}}");
        Assert.Equal(["d"], Containers(deployment));
    }

    [Theory]
    [InlineData("1 2 3", "3 4", "1 2 3 4")]
    [InlineData("1 2 3", "4", "1 2 3 4")]
    [InlineData("1 2 3 5", "4 3", "1 2 4 3 5")]
    [InlineData("1 2 3", "3 1", "2 3 1")]
    [InlineData("1 2 3", "1 2 3", "1 2 3")]
    public void Elements_keep_their_places_among_those_of_others(string live, string applied, string expected)
    {
        const string Containers = "{'metadata':{'name':'web'},'spec':{'template':{'spec':{'containers':[LIST]}}}}";
        var deployment = Deployment
            .Update("a", Containers.Replace("LIST", Named(live)))
            .Apply("b", Containers.Replace("LIST", Named(applied)));

        Assert.Equal(expected, string.Join(' ', ServerSideApplyTests.Containers(deployment)));

        static string Named(string names) =>
            string.Join(',', names.Split(' ').Select(name => $"{{'name':'{name}'}}"));
    }

    [Fact]
    public void Atomic_values_are_owned_as_a_whole()
    {
        var deployment = Deployment.Apply("me", Web);
        var failure = JsonText.AssertRefused(deployment.TryApply(
            "other", "{'metadata':{'name':'web'},'spec':{'selector':{'matchLabels':{'c':'d'}}}}"));
        Assert.Contains(": .spec.selector", failure.Message);

        deployment.Apply(
            "other", "{'metadata':{'name':'web'},'spec':{'template':{'spec':{'tolerations':[{'key':'a'}]}}}}");
        failure = JsonText.AssertRefused(deployment.TryApply("me", Web.Replace(
            "'containers'", "'tolerations':[{'key':'b'}],'containers'")));
        Assert.Contains("conflict with \"other\": .spec.template.spec.tolerations", failure.Message);
    }

    [Fact]
    public void Elements_of_a_set_are_owned_by_value()
    {
        var map = ConfigMap.Apply("a", "{'metadata':{'name':'m','finalizers':['x.y/a']}}")
            .Apply("b", "{'metadata':{'name':'m','finalizers':['x.y/b']}}");
        map.AssertOwners("a Apply 01 {'f:metadata':{'f:finalizers':{'v:\\'x.y/a\\'':{}}}}",
            "b Apply 02 {'f:metadata':{'f:finalizers':{'v:\\'x.y/b\\'':{}}}}");
        map.Apply("a", "{'metadata':{'name':'m'}}");
        Assert.Equal(["x.y/b"], map.Live!.Metadata.Finalizers);
    }

    [Fact]
    public void Quantities_of_one_value_are_no_change()
    {
        const string Cpu = "{'metadata':{'name':'web'},'spec':{'template':{'spec':{'containers':[{'name':'c',"
            + "'resources':{'limits':{'cpu':CPU}}}]}}}}";
        Deployment.Update("a", Cpu.Replace("CPU", "'1'")).Apply("b", Cpu.Replace("CPU", "'1000m'"))
            .Apply("c", Cpu.Replace("CPU", "1"));
    }

    [Fact]
    public void The_first_apply_meets_the_fields_of_an_untracked_object_as_one_managers()
    {
        var map = ConfigMap.Update("a", "{'metadata':{'name':'m'},'data':{'x':'1','y':'1'}}")
            .Update("a", "{'metadata':{'managedFields':[{}]}}");
        map.AssertOwners();

        var failure = JsonText.AssertRefused(map.TryApply("b", "{'metadata':{'name':'m'},'data':{'x':'2'}}"));
        Assert.Contains("conflict with \"before-first-apply\" using v1: .data.x", failure.Message);
        map.Apply("b", "{'metadata':{'name':'m'},'data':{'x':'1'}}").AssertOwners("b Apply 04 {'f:data':{'f:x':{}}}",
            "before-first-apply Update 04 {'f:data':{'.':{},'f:x':{},'f:y':{}}}");
    }

    [Fact]
    public void Kubectl_moves_from_client_side_to_server_side_apply_without_conflicts()
    {
        const string Annotation = "'annotations':{'kubectl.kubernetes.io/last-applied-configuration':"
            + "'{\\'apiVersion\\':\\'v1\\',\\'kind\\':\\'ConfigMap\\',\\'metadata\\':{\\'name\\':\\'m\\'},"
            + "\\'data\\':{\\'x\\':\\'1\\',\\'y\\':\\'1\\'}}'}";
        var config = "{'metadata':{'name':'m'},'data':{'x':'2'}}";
        var map = ConfigMap.Update(
            "kubectl-client-side-apply", $"{{'metadata':{{'name':'m',{Annotation}}},'data':{{'x':'1','y':'1'}}}}");
        Assert.Equal(409, JsonText.AssertRefused(map.TryApply("other", config)).Code);

        map.Apply("kubectl", config);
        Assert.Equal("2", ((Core.ConfigMap)map.Live!).Data["x"]);
        Assert.Contains("\"data\":{\"x\":\"2\"}",
            map.Live.Metadata.Annotations["kubectl.kubernetes.io/last-applied-configuration"]);

        map.Update("editor", "{'data':{'y':'7'}}");
        Assert.Contains("conflict with \"editor\" using v1: .data.y",
            JsonText.AssertRefused(map.TryApply("kubectl", "{'metadata':{'name':'m'},'data':{'y':'2'}}")).Message);
    }

    [Theory]
    [InlineData("{'spec':{'foo':1,'template':{'spec':{'containers':[{'name':'a','bar':2}]}}}}",
        "failed to create typed patch object (/; apps/v1, Kind=Deployment): errors:\n  .spec.foo: field not declared "
        + "in schema\n  .spec.template.spec.containers[name=\"a\"].bar: field not declared in schema")]
    [InlineData("{'spec':{'template':{'spec':{'containers':[{'name':'a'},{'name':'a'}]}}}}",
        ".spec.template.spec.containers: duplicate entries for key [name=\"a\"]")]
    [InlineData("{'spec':{'template':{'spec':{'containers':[{'image':'a'}]}}}}",
        "element 0: associative list with keys has an element that omits key field \"name\"")]
    [InlineData("{'spec':{'replicas':'three'}}", ".spec.replicas: expected numeric (int or float), got \"three\"")]
    [InlineData("{'spec':[]}", ".spec: expected map, got list")]
    [InlineData("{'apiVersion':'apps/v1beta1'}", "Incorrect version specified in apply patch. Specified patch version: "
        + "apps/v1beta1, expected: apps/v1")]
    [InlineData("{'metadata':{'managedFields':[]}}", "metadata.managedFields must be nil")]
    public void Refuses_a_configuration_that_does_not_fit(string config, string expected)
    {
        var failure = JsonText.AssertRefused(Deployment.TryApply("me", config));
        Assert.Equal(400, failure.Code);
        Assert.Contains(expected, failure.Message);
    }

    private static IEnumerable<string> Containers(ManagedObject deployment) =>
        ((Apps.Deployment)deployment.Live!).Spec.Template.Spec.Containers.Select(container => container.Name);
}
