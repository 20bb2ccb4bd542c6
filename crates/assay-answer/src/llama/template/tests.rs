use super::ChatTemplate;

/// ChatML as the Qwen family writes it, with the switch for thinking.
const QWEN: &str = "\
{%- for message in messages %}
    {%- if message.role == 'system' and not loop.first %}
        {{- raise_exception('The system message comes first.') }}
    {%- endif %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content.split('</think>')[-1].lstrip('\\n') + '<|im_end|>\\n' }}
{%- endfor %}
{%- if tools %}{{- tools | tojson }}{%- endif %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}";

/// Llama 3: trimmed content, a begin-of-text token, a date only for a system message of its own.
const LLAMA_3: &str = "\
{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = '' %}
{%- endif %}
{{- '<|start_header_id|>system<|end_header_id|>\\n\\n' + system_message + '<|eot_id|>' }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}";

/// Gemma: no system turn, `assistant` is `model`.
const GEMMA: &str = "\
{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}
{% for message in messages %}
    {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{ raise_exception('Roles must alternate') }}
    {% endif %}
    {{- '<start_of_turn>' + message['role'].replace('assistant', 'model') + '\\n' + message['content'] | trim + '<end_of_turn>\\n' -}}
{% endfor %}
{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}";

/// Mistral: the rules go into the user's turn; nothing marks the answer.
const MISTRAL: &str = "\
{%- if messages[0].role == 'system' %}
    {%- set rules = messages[0].content %}
    {%- set turns = messages[1:] %}
{%- else %}
    {%- set turns = messages %}
{%- endif %}
{{- bos_token }}
{%- for turn in turns %}
    {%- if turn.role == 'user' %}
        {{- '[INST] ' }}{% if loop.last and rules is defined %}{{ rules + '\\n\\n' }}{% endif %}{{ turn.content + ' [/INST]' }}
    {%- else %}
        {{- ' ' + turn.content + eos_token }}
    {%- endif %}
{%- endfor %}";

const BOTH: &[(&str, &str)] = &[("system", "Be brief."), ("user", "Where?")];
const QUESTION: &[(&str, &str)] = &[("user", "Where?")];

#[test]
fn templates_of_common_families_render_as_their_authors_mean() {
    check(
        QWEN,
        BOTH,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
    );
    check(
        LLAMA_3,
        BOTH,
        "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhere?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    );
    check(GEMMA, QUESTION, "<s><start_of_turn>user\nWhere?<end_of_turn>\n<start_of_turn>model\n");
    check(MISTRAL, BOTH, "<s>[INST] Be brief.\n\nWhere? [/INST]");
    check(
        MISTRAL,
        &[("user", "A?"), ("assistant", "B."), ("user", "C?")],
        "<s>[INST] A? [/INST] B.</s>[INST] C? [/INST]",
    );
}

#[test]
fn thinking_is_switched_off_under_every_name() {
    for name in ["enable_thinking", "thinking", "reasoning"] {
        let source = format!("{{% if {name} is defined and not {name} %}}off{{% endif %}}");
        check(&source, QUESTION, "off");
    }
    check("{% if thinking_budget is defined and thinking_budget == 0 %}off{% endif %}", QUESTION, "off");
    check("{{ reasoning_effort is defined }}{{ tools is none }}", QUESTION, "FalseTrue");
}

#[test]
fn what_transformers_adds_to_jinja_is_there() {
    check("{%- generation -%} a {%- endgeneration -%}{% set generation = 'b' %}{{ generation }}", QUESTION, "ab");
    check("{% for message in messages %}{% if true %}{% break %}{% endif %}x{% endfor %}", QUESTION, "");
    check("{{ messages[0].get('name', 'none') }}{{ 'a-b'.split('-')[0] }}", QUESTION, "nonea");
    let year = render("{{ strftime_now('%Y') }}", QUESTION).unwrap();
    assert!(year.len() == 4 && year.chars().all(|c| c.is_ascii_digit()), "{year}");
}

#[test]
fn a_template_that_fails_says_why() {
    let check = |source: &str, turns: &[(&str, &str)], expected: &str| {
        let problem = render(source, turns).expect_err(source);
        assert!(problem.contains(expected), "{problem:?} should say {expected:?}");
    };
    check(GEMMA, BOTH, "System role not supported");
    check("{% for message in messages %}", QUESTION, "syntax error");
    check("{{ messages[0].content.content.content }}", QUESTION, "undefined");
    check("{{ messages | no_such_filter }}", QUESTION, "no_such_filter");
    check("{{ no_such_function() }}", QUESTION, "no_such_function");
    check("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", QUESTION, "fuel");
}

fn check(source: &str, turns: &[(&str, &str)], expected: &str) {
    assert_eq!(render(source, turns).unwrap(), expected, "{source}");
}

fn render(source: &str, turns: &[(&str, &str)]) -> Result<String, String> {
    ChatTemplate { source, bos_token: "<s>", eos_token: "</s>" }.render(turns).map_err(|error| error.to_string())
}
